import TaskTree

extension Scenario {
    /// A pattern of programs that clean up after themselves. One body holds its tree, for the scenario, for the program
    /// `pattern NAME` and for the tests.
    /// - Parameters:
    ///   - policy: what the failures of the children of its scope mean to it.
    ///   - body: given a scope and a workplace, runs the pattern once, and returns a line that says how it went.
    init(
        pattern name: String, _ summary: String, policy: Policy = .failFast,
        _ body: @escaping @Sendable (TaskScope, Workplace) async throws -> String
    ) {
        self.init(name: name, summary: summary, endsByItself: true) { engine, settings in
            if settings.repeats {
                try await engine.repeatPattern(name, policy: policy, settings, body)
            } else {
                [try await engine.runAtWorkplace(name, policy: policy, settings, body)]
            }
        }
    }
}

extension TreeEngine {
    /// Runs a pattern again and again, each pass a task of its own, until the root is told to stop.
    fileprivate func repeatPattern(
        _ name: String, policy: Policy, _ settings: DemoSettings,
        _ body: @escaping @Sendable (TaskScope, Workplace) async throws -> String
    ) async throws -> [String] {
        let places = Workplaces(settings)
        let result = await Result {
            try await run(name, policy: .isolate, grace: settings.grace) { root in
                var number = 0
                while !root.isDraining {
                    number += 1
                    let pass = try root.spawn("pass-\(number)", policy: policy) { try await places.use(name, $0, body) }
                    do {
                        root.progress(try await DemoError.unwrapped { try await pass.value })
                    } catch let lack as DemoError {
                        throw lack
                    } catch {
                        root.progress("\(error)")
                    }
                    try await root.sleep(for: settings.step * 4)
                }
            }
        }
        await places.clear(self)
        try result.get()
        return []
    }
}
