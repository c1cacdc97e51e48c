import Synchronization
import TaskTree

/// What a tree of the demos works with besides its scopes: a directory for its files, its child processes, and its pace.
struct Workplace: Sendable {
    let directory: TemporaryDirectory
    let processes: ProcessTable
    let settings: DemoSettings

    /// How long one step of work takes.
    var step: Duration { settings.step }

    /// The path of a file in the directory.
    func file(_ name: String) -> String { directory.file(name) }
}

/// Hands out workplaces for the trees of one run, and sees to it that nothing of them is left behind.
final class Workplaces: Sendable {
    private let settings: DemoSettings
    private let processes = ProcessTable()
    private let directories = Mutex<[TemporaryDirectory]>([])

    init(_ settings: DemoSettings) { self.settings = settings }

    /// Runs the body of a scope, which holds the directory `treetop-NAME` meanwhile.
    func use<T>(_ name: String, _ scope: TaskScope, _ body: (TaskScope, Workplace) async throws -> T) async throws -> T
    {
        try await scope.heedingCancel {
            let name = "treetop-\(name)"
            let directory = try await scope.adopt(name, kind: "directory", try TemporaryDirectory(name, settings)) {
                try $0.remove()
            }.value
            directories.withLock { $0.append(directory) }
            return try await body(scope, Workplace(directory: directory, processes: processes, settings: settings))
        }
    }

    /// After the tree, also one with releases that were given up: no process, no file.
    func clear(_ engine: TreeEngine) async {
        await processes.end()
        await engine.waitForStragglers()
        for directory in directories.withLock({ $0 }) { try? directory.remove() }
    }
}

extension TreeEngine {
    /// Runs a tree whose root has a workplace, and leaves nothing behind.
    /// - Throws: what the tree throws; `DemoError` if something that it needs is not there.
    func runAtWorkplace<T: Sendable>(
        _ name: String, policy: Policy, _ settings: DemoSettings,
        _ body: @escaping @Sendable (TaskScope, Workplace) async throws -> T
    ) async throws -> T {
        let places = Workplaces(settings)
        let result = await Result {
            try await DemoError.unwrapped {
                try await run(name, policy: policy, grace: settings.grace) { try await places.use(name, $0, body) }
            }
        }
        await places.clear(self)
        return try result.get()
    }
}
