import TaskTree

extension Scenario {
    /// Parent, children and cancel together: one call reaches all of them, and the end of the parent is the end of all.
    /// What the parent holds is there until the last child has given back what it holds.
    static let cancelAndWait = Scenario(
        pattern: "cancel-and-wait", "a parent is cancelled: its children end first, and still find what it holds"
    ) { root, place in
        let path = place.file("ledger.db")
        let parent = try root.spawn("parent") { parent in
            let ledger = try parent.own("ledger.db", kind: "database", Database(path)) { ledger, _ in
                try ledger.close()
            }.value
            for number in 1...3 {
                try parent.spawn("child-\(number)", kind: "child") { child in
                    try child.own("page-\(number)", kind: "file", AppendFile(place.file("page-\(number)"))) { page, _ in
                        page.close()
                        // The parent waits for its children, so its ledger is still open.
                        try ledger.insert("page-\(number) is closed")
                    }
                    for step in 1... {
                        child.progress("step \(step)")
                        try await child.sleep(for: place.step * number)
                    }
                }
            }
        }
        try await root.sleep(for: place.step * 10)
        parent.cancel("the day is over")
        await parent.join()
        return "\(try Database.rows(path).count) of 3 pages were entered in the ledger before it was closed"
    }
}
