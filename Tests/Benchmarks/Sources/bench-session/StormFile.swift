import EventBus
import Glibc
import Measure
import Recording
import TreeModel

/// A session file of so many events, of tasks that come and go: so many are alive at once, one in thirty holds something. It
/// has keyframes as the engine writes them. Gone with this value.
final class StormFile {
    let path: String
    private(set) var events = 0
    private(set) var bytes = 0
    private let folder: Folder

    init(events count: Int, live: Int) throws {
        folder = try Folder()
        path = folder["session.treetop"]
        let session = SessionInfo(name: "storm")
        var storm = Writer(EventLog(session, store: try MappedStore(creating: path, for: session), retaining: 1 << 20))
        storm.rise(live)
        while storm.count < count { storm.replaceOne() }
        storm.log.end(.finished, at: storm.t)
        events = storm.count + 1
        var status = stat()
        stat(path, &status)
        bytes = Int(status.st_size)
    }

    private struct Writer {
        let log: EventLog
        var count = 0
        var t: Int64 = 0
        private var next: UInt64 = 0
        private var parents: [Living] = []
        /// The oldest stands at `oldest`.
        private var leaves: [Living] = []
        private var oldest = 0
        private var due = 256 << 10

        private struct Living {
            var id: UInt64
            var parent: UInt64
            var since: Int64
            var name: String
        }

        init(_ log: EventLog) { self.log = log }

        private mutating func add<F: FrequentEvent>(_ fields: F) {
            count += 1
            t += 10_000
            log.append(fields, at: t)
        }

        mutating func rise(_ live: Int) {
            parents.append(start("storm", kind: nil, below: 0))
            for number in 1..<live {
                if number % 101 == 1 {
                    parents.append(start("district-\(number / 101)", kind: "district", below: 1))
                } else {
                    startLeaf(below: parents[parents.count - 1].id)
                }
            }
        }

        private mutating func start(_ name: String, kind: String?, below parent: UInt64) -> Living {
            next += 1
            add(
                TreeEvent.TaskStarted(
                    task: TaskID(next), parent: parent > 0 ? TaskID(parent) : nil, name: name, kind: kind))
            return Living(id: next, parent: parent, since: t, name: name)
        }

        private mutating func startLeaf(below parent: UInt64) {
            let leaf = start("cell-\(next + 1)", kind: "cell", below: parent)
            leaves.append(leaf)
            guard leaf.id % 30 == 0 else { return }
            add(
                TreeEvent.ResourceAcquired(
                    resource: ResourceID(leaf.id), task: TaskID(leaf.id), name: "drop-\(leaf.id)", kind: "pipe",
                    budget: 5_000_000_000))
        }

        mutating func replaceOne() {
            let leaf = leaves[oldest]
            if leaf.id % 30 == 0 {
                let (resource, task) = (ResourceID(leaf.id), TaskID(leaf.id))
                add(TreeEvent.ResourceReleasing(resource: resource, task: task))
                add(TreeEvent.ResourceReleased(resource: resource, task: task, outcome: .ok, duration: 1_000))
            }
            add(TreeEvent.TaskJoining(task: TaskID(leaf.id), outcome: .succeeded))
            add(TreeEvent.TaskFinished(task: TaskID(leaf.id), outcome: .succeeded))
            startLeaf(below: leaf.parent)
            leaves[oldest] = leaves.removeLast()
            oldest = (oldest + 1) % leaves.count
            if log.bytes >= due { writeKeyframe() }
        }

        /// Its rows are a fifth of what comes before the next, as those of the engine are.
        private mutating func writeKeyframe() {
            let before = log.bytes
            log.beginKeyframe(at: t)
            for living in parents + leaves {
                var row = TreeEvent.SnapshotTask()
                row.started = TreeEvent.TaskStarted(
                    task: TaskID(living.id), parent: living.parent > 0 ? TaskID(living.parent) : nil,
                    name: living.name, kind: living.parent == 0 ? nil : living.parent == 1 ? "district" : "cell")
                row.since = living.since
                log.append(row, at: t)
                guard living.parent > 1, living.id % 30 == 0 else { continue }
                var held = TreeEvent.SnapshotResource()
                held.acquired = TreeEvent.ResourceAcquired(
                    resource: ResourceID(living.id), task: TaskID(living.id), name: "drop-\(living.id)", kind: "pipe",
                    budget: 5_000_000_000)
                held.since = living.since
                log.append(held, at: t)
            }
            log.endKeyframe(at: t)
            due = log.bytes + max(256 << 10, 5 * (log.bytes - before))
        }
    }
}
