import TaskTree

extension Scenario {
    /// A worker that heeds its cancel: told to stop in the middle of a long pause, it stops then, not when the pause is
    /// over; and whoever told it waits for its end, not for a guess at how long that takes.
    static let worker = Scenario(
        pattern: "worker", "a worker is told to stop in the middle of a pause: it stops at once, and is waited for"
    ) { root, place in
        let path = place.file("journal")
        let worker = try root.spawn("worker", kind: "worker") { worker in
            let journal = try worker.own("journal", kind: "file", AppendFile(path)) { file, _ in file.close() }.value
            for round in 1... {
                try journal.append("round \(round)")
                worker.progress("round \(round), now a pause")
                // Ends when the worker is cancelled, however much of the pause is left.
                try await worker.sleep(for: place.step * 4)
            }
        }
        try await root.sleep(for: place.step * 10)
        worker.cancel("enough for today")
        // From here on nothing of it runs, and its journal is closed.
        let outcome = await worker.join()
        return "the worker was \(outcome.name) in round \(try textLines(path).count); its journal is closed"
    }
}
