/// Words that a line must have in it, all of them, whatever their case.
struct WordFilter {
    private let needles: [Needle]

    init(_ text: String) { needles = text.split(separator: " ").map { Needle(String($0)) } }

    var isEmpty: Bool { needles.isEmpty }

    func lets(_ text: @autoclosure () -> String) -> Bool {
        guard !needles.isEmpty else { return true }
        let text = text()
        return needles.allSatisfy { $0.isIn(text) }
    }
}
