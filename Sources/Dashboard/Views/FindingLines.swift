import Canvas

/// Finding a line in the view that is shown.
extension DashboardState {
    /// Goes to the next line with a text in it, or to the one before; wraps around. What is typed is looked for from the
    /// cursor on, and then above it, because the cursor of a list that grows is at its end.
    mutating func findLine(_ text: String, forwards: Bool, fromHere: Bool) -> Bool {
        let lines = lines(with: text)
        let here = views.place.index
        let hit =
            fromHere
            ? lines.first { $0 >= here } ?? lines.last
            : forwards ? lines.first { $0 > here } ?? lines.first : lines.last { $0 < here } ?? lines.last
        guard let hit else { return false }
        moveInView(to: hit)
        // What was found stays, whatever comes.
        views.place.follows = false
        return true
    }

    /// Which of the lines with this text the cursor is on, and how many there are.
    func lineCount(of text: String) -> String? {
        let lines = lines(with: text)
        return lines.firstIndex(of: views.place.index).map { "\(Words.count($0 + 1)) of \(Words.count(lines.count))" }
    }

    /// The lines with this text, by their places in the list.
    private func lines(with text: String) -> [Int] {
        let needle = Needle(text)
        guard !needle.isEmpty else { return [] }
        return (0..<views.rows.count).filter { needle.isIn(lineText($0)) }
    }

    private func lineText(_ index: Int) -> String {
        switch views.rows {
        case .none: ""
        case .cascades(let rows): text(of: rows[index])
        case .resources(let rows): rows[index].text
        case .events(let rows): EventWords.text(rows[index])
        case .timeline(let rows): rows[index].text
        case .logs(let rows): text(of: rows[index])
        }
    }

    /// What is marked where it stands in a line: what is looked for, else what was found, else the words of the filter.
    var markedInLines: [String] {
        let text = search?.text ?? found
        return text.isEmpty ? views.filter.split(separator: " ").map(String.init) : [text]
    }
}

extension CellGrid {
    /// Marks the first place of each text in a row.
    mutating func mark(_ texts: [String], y: Int) {
        guard !texts.isEmpty else { return }
        let row = row(y)
        for text in texts {
            guard let place = Needle(text).position(in: row) else { continue }
            paint(.match, x: columns(of: String(row.prefix(place))), y: y, width: columns(of: text))
        }
    }
}
