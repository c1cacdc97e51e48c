import EventBus
import Recording
import TreeModel

@testable import Demos

/// Folds the log of a running scenario, and waits for what happens in it.
final class LogWatch {
    private let reader: EventReader
    private(set) var tree = Tree()
    private var check = Check()

    /// Whether all that was read keeps the engine's promises, and if not, why.
    var verdict: Check.Verdict { check.verdict() }

    /// What a test asks about, folded from the events so far.
    struct Tree {
        struct Task {
            var name = ""
            var parent: TaskID?
            var path = ""
            var outcome: Outcome?
            var error: Failure?
            var suppressed: [Failure] = []
            var note = ""
            var waitsFor: WaitTarget?
            var isOverdue = false
            var hasReturned = false
            var restartOf: TaskID?
        }
        struct Resource {
            var name = ""
            var kind = ""
            var task = TaskID(0)
            var isHeld = false
            var outcome: ReleaseOutcome?
            var error: Failure?
            var timesReleased = 0
            var returned = false
        }
        var tasks: [TaskID: Task] = [:]
        var resources: [ResourceID: Resource] = [:]
        /// Resources in the order of their release, as `path: name`.
        var released: [String] = []
        /// Ends of tasks and releases in their order.
        var endings: [String] = []

        /// The newest resource with this name.
        func resource(_ name: String) -> Resource? {
            resources.filter { $0.value.name == name }.max { $0.key < $1.key }?.value
        }
        /// Whether the newest task with this path says that it waits for something.
        func isWaiting(_ path: String) -> Bool { task(path).flatMap { tasks[$0]?.waitsFor } != nil }
        /// Whether these endings came in this order, whatever came between.
        func ended(inOrder wanted: [String]) -> Bool {
            let places = wanted.map { endings.firstIndex(of: $0) ?? -1 }
            return !places.contains(-1) && places == places.sorted()
        }
        /// The newest task with this path.
        func task(_ path: String) -> TaskID? { tasks.filter { $0.value.path == path }.keys.max() }
        func isLive(_ path: String) -> Bool { task(path).map { tasks[$0]?.outcome == nil } ?? false }
        var live: [String] { tasks.values.filter { $0.outcome == nil }.map(\.path).sorted() }
        var held: [String] { resources.values.filter(\.isHeld).map(\.name).sorted() }
        func held(below path: String) -> [String] {
            resources.values.filter { $0.isHeld && (tasks[$0.task]?.path ?? "").hasPrefix(path) }.map(\.name).sorted()
        }
    }

    init(_ log: EventLog) { reader = log.makeReader() }

    /// Reads on until the condition holds, be it only between two events. Answers whether it did before the log ended; not if
    /// the test was cancelled.
    @discardableResult
    func until(_ condition: (Tree) -> Bool) async -> Bool {
        while true {
            let hasRead = readNext()
            if condition(tree) { return true }
            if hasRead { continue }
            if reader.isAtEnd { return false }
            let once = Latch<Void>()
            reader.whenReady { once.open() }
            do { try await once.wait() } catch { return false }
        }
    }

    /// Reads all that is there.
    func catchUp() { while readNext() {} }

    private func readNext() -> Bool {
        var next: TreeEvent?
        reader.read(limit: 1) { next = $0 }
        guard let next else { return false }
        fold(next)
        check.apply(next)
        return true
    }

    private func fold(_ event: TreeEvent) {
        switch event.change {
        case .taskStarted(let fields):
            var task = Tree.Task()
            task.name = fields.name
            task.parent = fields.parent
            task.path = fields.parent.flatMap { tree.tasks[$0]?.path }.map { "\($0)/\(fields.name)" } ?? fields.name
            task.restartOf = fields.restartOf
            tree.tasks[fields.task] = task
        case .taskProgress(let fields): tree.tasks[fields.task]?.note = fields.message ?? ""
        case .taskWaiting(let fields): tree.tasks[fields.task]?.waitsFor = fields.on
        case .taskResumed(let fields): tree.tasks[fields.task]?.waitsFor = nil
        case .taskOverdue(let fields): tree.tasks[fields.task]?.isOverdue = true
        case .taskReturned(let fields):
            tree.tasks[fields.task]?.hasReturned = true
            tree.endings.append("returned \(tree.tasks[fields.task]?.path ?? "?")")
        case .taskFinished(let fields):
            tree.tasks[fields.task]?.outcome = fields.outcome
            tree.tasks[fields.task]?.error = fields.error
            tree.tasks[fields.task]?.suppressed = fields.suppressed
            tree.endings.append("ended \(tree.tasks[fields.task]?.path ?? "?")")
        case .resourceAcquired(let fields):
            tree.resources[fields.resource] = Tree.Resource(
                name: fields.name, kind: fields.kind ?? "", task: fields.task, isHeld: true)
        case .resourceReleased(let fields):
            tree.resources[fields.resource]?.isHeld = false
            tree.resources[fields.resource]?.outcome = fields.outcome
            tree.resources[fields.resource]?.error = fields.error
            tree.resources[fields.resource]?.timesReleased += 1
            let name = tree.resources[fields.resource]?.name ?? "?"
            tree.endings.append("released \(tree.tasks[fields.task]?.path ?? "?"): \(name)")
            tree.released.append(name)
        case .resourceReturned(let fields): tree.resources[fields.resource]?.returned = true
        default: break
        }
    }
}
