import TaskTree

extension Scenario {
    /// A hierarchy of controllers: one inside another ends with it, and an error in one goes to all who wait, on each
    /// level, with the name of the task that it came from.
    static let controllers = Scenario(
        pattern: "controllers", "a stone cracks in the mill: the error goes up, and the bakery beside it is stopped",
        policy: .isolate
    ) { root, place in
        let site = try TaskController("site", under: root)
        let mill = try TaskController("mill", under: site.scope)
        let bakery = try TaskController("bakery", under: site.scope)
        for number in 1...3 {
            try bakery.start("oven-\(number)", kind: "oven") { try await work($0, place, rounds: .max) }
            try mill.start("grinder-\(number)", kind: "grinder") { grinder in
                try await work(grinder, place, rounds: number == 2 ? 8 : .max)
                throw JobFailed(name: grinder.name)
            }
        }
        var words: [String] = []
        for controller in [mill, site] {
            do { try await controller.wait() } catch { words.append("\(controller.scope.name): \(error)") }
        }
        // A stop of what is over already changes nothing.
        await bakery.stop()
        return words.joined(separator: "; ")
    }

    /// Writes a line a round into a file of its own.
    private static func work(_ task: TaskScope, _ place: Workplace, rounds: Int) async throws {
        let log = try task.own("\(task.name).log", kind: "file", AppendFile(place.file("\(task.name).log"))) { log, _ in
            log.close()
        }.value
        var round = 0
        while round < rounds {
            round += 1
            try log.append("round \(round)")
            task.progress("round \(round)")
            try await task.sleep(for: place.step)
        }
    }
}
