import TreeModel

/// Fills the fields of an event with random values of every shape: blanks, small and large numbers, texts with quotes,
/// control characters and more than a byte's length.
package struct RandomFields: FieldVisitor {
    package var random: Seeded
    /// How often an optional is there, of 4.
    package var fullness: Int

    package init(random: Seeded, fullness: Int = 2) {
        self.random = random
        self.fullness = fullness
    }

    private mutating func isThere() -> Bool { Int.random(in: 0..<4, using: &random) < fullness }
    private mutating func number() -> UInt64 {
        let bits = UInt64.random(in: 0...52, using: &random)
        return UInt64.random(in: 0...(1 << bits), using: &random)
    }
    package mutating func text() -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ""
        case 1: return "worker"
        case 2: return "a \"quoted\"\\ \n\t\u{1}\u{7F} ünïcode 🌲"
        case 3: return String(repeating: "long ", count: Int.random(in: 1...200, using: &random))
        default: return "name-\(Int.random(in: 0..<50, using: &random))"
        }
    }
    private mutating func list<T>(_ item: (inout RandomFields) -> T) -> [T] {
        if !isThere() { return [] }
        return (0..<Int.random(in: 0...4, using: &random)).map { _ in item(&self) }
    }
    private mutating func randomWord<W: Word>() -> W {
        W(rawValue: UInt8.random(in: 0..<UInt8(W.names.count), using: &random))!
    }
    private mutating func randomCause() -> Cause {
        Cause(
            randomWord(), by: isThere() ? text() : nil, origin: isThere() ? TaskID(number()) : nil,
            message: isThere() ? text() : nil)
    }
    private mutating func randomTarget() -> WaitTarget {
        WaitTarget(kind: text(), id: isThere() ? number() : nil, name: isThere() ? text() : nil)
    }

    package mutating func id<I: Identifier>(_ key: String, _ value: inout I) { value = I(rawValue: number()) }
    package mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        value = isThere() ? I(rawValue: number()) : nil
    }
    package mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        value = isThere() ? list { ResourceID($0.number()) } : nil
    }
    package mutating func word<W: Word>(_ key: String, _ value: inout W) { value = randomWord() }
    package mutating func word<W: Word>(_ key: String, _ value: inout W?) { value = isThere() ? randomWord() : nil }
    package mutating func amount(_ key: String, _ value: inout UInt64) { value = number() }
    package mutating func amount(_ key: String, _ value: inout UInt64?) { value = isThere() ? number() : nil }
    package mutating func instant(_ key: String, _ value: inout Int64) { value = Int64(number()) }
    package mutating func instant(_ key: String, _ value: inout Int64?) { value = isThere() ? Int64(number()) : nil }
    package mutating func flag(_ key: String, _ value: inout Bool) { value = isThere() }
    package mutating func text(_ key: String, _ value: inout String) { value = text() }
    package mutating func text(_ key: String, _ value: inout String?) { value = isThere() ? text() : nil }
    package mutating func labels(_ key: String, _ value: inout [Label]) {
        let values = list { $0.text() }
        value = values.enumerated().map { Label("key\($0.offset)", $0.element) }
    }
    package mutating func failure(_ key: String, _ value: inout Failure) {
        value = Failure(type: text(), message: text())
    }
    package mutating func failure(_ key: String, _ value: inout Failure?) {
        value = isThere() ? Failure(type: text(), message: text()) : nil
    }
    package mutating func failures(_ key: String, _ value: inout [Failure]) {
        value = list { Failure(type: $0.text(), message: $0.text()) }
    }
    package mutating func cause(_ key: String, _ value: inout Cause) { value = randomCause() }
    package mutating func cause(_ key: String, _ value: inout Cause?) { value = isThere() ? randomCause() : nil }
    package mutating func target(_ key: String, _ value: inout WaitTarget) { value = randomTarget() }
    package mutating func target(_ key: String, _ value: inout WaitTarget?) { value = isThere() ? randomTarget() : nil }
}

extension TreeEvent.Kind {
    package static let all = (0..<UInt8(names.count)).map { TreeEvent.Kind(rawValue: $0)! }
}

/// Random changes of every kind, in turn, with times that go on.
package func randomEvents(_ count: Int, seed: UInt64, fullness: Int = 2) -> [(change: TreeEvent.Change, t: Int64)] {
    var visitor = RandomFields(random: Seeded(seed), fullness: fullness)
    var t: Int64 = 0
    return (0..<count).map { index in
        let kind = TreeEvent.Kind.all[index % TreeEvent.Kind.all.count]
        var change = TreeEvent.Change(kind, from: &visitor)
        // A gap takes as many places as it says; keep them small.
        if case .gap(var gap) = change {
            gap.lost = gap.lost % 1000
            change = .gap(gap)
        }
        t += Int64.random(in: 0..<1_000_000, using: &visitor.random)
        return (change, t)
    }
}
