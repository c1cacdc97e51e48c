import TaskTree

/// A row that cannot be read.
struct BadRow: Error, Hashable, CustomStringConvertible {
    let file: String
    let row: Int
    var description: String { "\(file) has no number in row \(row)" }
}

extension Scenario {
    /// An error through the hierarchy: it goes up level by level, each level gives back what it holds, and the tree
    /// fails with it. Nothing waits for a time to pass, and no time that passes is taken for success.
    static let errorUp = Scenario(
        pattern: "error-up", "a bad row fails its file, the import and the tree; each level gives back what it holds"
    ) { root, place in
        for number in 1...3 {
            let rows = (1...12).map { number == 2 && $0 == 6 ? "six" : String($0) }
            try writeLines(place.file("file-\(number).csv"), rows)
        }
        let rows = try root.spawn("import") { importer in
            try importer.own("import.lock", kind: "lock", FileLock.wait(place.file("import.lock"))) { lock, _ in
                lock.release(removing: true)
            }
            let files = try (1...3).map { number in
                try importer.spawn("file-\(number).csv", kind: "file") { file in
                    try await file.call("parse") { try await parse(file.name, $0, place) }
                }
            }
            var rows = 0
            for file in files { rows += try await file.value }
            return rows
        }
        return "imported \(try await rows.value) rows"
    }

    private static func parse(_ name: String, _ parse: TaskScope, _ place: Workplace) async throws -> Int {
        let copy = try parse.own("\(name).tmp", kind: "file", AppendFile(place.file("\(name).tmp"))) { copy, _ in
            copy.close()
        }.value
        let rows = try textLines(place.file(name))
        for (index, row) in rows.enumerated() {
            guard let number = Int(row) else { throw BadRow(file: name, row: index + 1) }
            try copy.append("\(number)")
            parse.progress("row \(index + 1)", completed: UInt64(index + 1), total: UInt64(rows.count))
            try await parse.sleep(for: place.step)
        }
        return rows.count
    }
}
