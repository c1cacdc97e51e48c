import Glibc

/// The rows as a JSON list.
struct RowsFile {
    let rows: [Row]

    func write(to path: String) throws {
        let text = "[\n" + rows.map(object).joined(separator: ",\n") + "\n]\n"
        guard let file = fopen(path, "w") else { throw Wrong(description: "cannot write \(path)") }
        fputs(text, file)
        guard fclose(file) == 0 else { throw Wrong(description: "cannot write \(path)") }
    }

    private func object(_ row: Row) -> String {
        var fields = [
            ("benchmark", quoted(row.benchmark.rawValue)), ("shape", quoted(row.shape.rawValue)),
            ("tasks", "\(row.tasks)"), ("subject", quoted(row.subject)), ("unit", quoted(row.benchmark.unit)),
        ]
        switch row.result {
        case .measured(let figures):
            fields += [("median", "\(figures.median)"), ("p99", "\(figures.p99)")]
            if let p999 = figures.p999 { fields.append(("p999", "\(p999)")) }
            fields.append(("bytes", "\(figures.bytes)"))
        case .nothing(let why):
            fields += [("median", "null"), ("p99", "null"), ("bytes", "null"), ("note", quoted(why))]
        }
        return "{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private func quoted(_ text: String) -> String {
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"" + String(escaped.map { $0.isNewline ? " " : $0 }) + "\""
    }
}
