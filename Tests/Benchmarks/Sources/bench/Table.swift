import Glibc

/// Prints rows as they come, and what follows from all of them.
struct Table {
    /// Those that the others are set beside, one column each.
    static let references = ["go", "swift-task"]

    /// Widths; numbers stand to the right.
    private static let columns: [(width: Int, isNumber: Bool)] = [
        (12, false), (10, false), (9, true), (17, false), (11, true), (11, true), (9, true), (10, true), (12, false),
        (7, true), (13, true),
    ]

    /// What the columns are, and who is who.
    static func printHeader(_ subjects: [any Subject]) {
        for subject in subjects { Swift.print(padded(subject.name, 18) + subject.summary) }
        Swift.print()
        Swift.print(
            line([
                "benchmark", "shape", "tasks", "subject", "median", "p99", "p99.9", "bytes", "unit",
                "x go", "x swift-task",
            ]))
    }

    /// - Parameter group: all rows of the same benchmark and shape.
    static func print(_ row: Row, in group: [Row]) {
        var cells = [row.benchmark.rawValue, row.shape.rawValue, "\(row.tasks)", row.subject]
        switch row.result {
        case .nothing(let why): cells.append(why)
        case .measured(let figures):
            cells += [number(figures.median), number(figures.p99), figures.p999.map(number) ?? ""]
            cells += [figures.bytes > 0 ? "\(figures.bytes)" : "", row.benchmark.unit]
            cells += references.map { name in
                let reference = group.first { $0.subject == name && $0.isBeside(row) }
                return reference.flatMap(row.ratio).map { times($0) } ?? ""
            }
        }
        Swift.print(line(cells))
        fflush(nil)
    }

    /// The geometric means over the judged benchmarks, and the memory of a parked task.
    static func printMeans(_ rows: [Row], of subject: String) {
        for reference in references {
            let pairs = rows.filter { $0.subject == subject }.compactMap { row in
                rows.first { $0.subject == reference && $0.isBeside(row) }.map { (row, $0) }
            }
            let each = Benchmark.judged.compactMap { benchmark in
                mean(pairs.filter { $0.0.benchmark == benchmark }.compactMap { $0.0.ratio(to: $0.1) })
                    .map { "\(benchmark.rawValue) \(times($0))" }
            }
            guard
                let all = mean(
                    pairs.filter { Benchmark.judged.contains($0.0.benchmark) }.compactMap { $0.ratio(to: $1) })
            else { continue }
            let memory = mean(
                pairs.filter { $0.0.benchmark == .spawn }.compactMap { row, its in
                    guard let mine = row.figures?.bytes, let other = its.figures?.bytes, other > 0 else { return nil }
                    return Double(mine) / Double(other)
                })
            var text = "\(subject) / \(reference): geometric mean \(times(all)) (\(each.joined(separator: ", ")))"
            if let memory { text += "; memory of a parked task \(times(memory))" }
            Swift.print(text)
        }
    }

    private static func mean(_ ratios: [Double]) -> Double? {
        ratios.isEmpty ? nil : exp(ratios.map { log($0) }.reduce(0, +) / Double(ratios.count))
    }

    private static func number(_ value: Double) -> String {
        value < 100 ? fixed(value, 1) : "\(Int(value.rounded()))"
    }

    private static func times(_ ratio: Double) -> String { fixed(ratio, 2) + "x" }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = pow(10, Double(places))
        let whole = Int((value * scale).rounded())
        let rest = "\(whole % Int(scale))"
        return "\(whole / Int(scale))." + String(repeating: "0", count: places - rest.count) + rest
    }

    private static func line(_ cells: [String]) -> String {
        var line = ""
        for (cell, column) in zip(cells, columns) {
            let space = String(repeating: " ", count: max(0, column.width - cell.count))
            // A number ends where its column does, and a word begins one space behind it.
            line += column.isNumber ? space + cell : (line.isEmpty ? "" : " ") + cell + space
        }
        return line
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
