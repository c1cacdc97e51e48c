import Synchronization
import TaskTree

extension Scenario {
    /// Shards of a file are checked side by side; the first that is damaged ends it for all.
    static let firstError = Scenario(
        pattern: "first-error", "twenty shards are checked; the first damaged one cancels the others"
    ) { root, place in
        try await ShardCheck(root: root, directory: place.directory).run()
    }
}

/// The root's body: writes the shards, one of them damaged, and has a task check each.
private struct ShardCheck {
    static let shards = 20
    static let damaged = 13
    /// These cannot keep what they have done so far, as they are told to stop.
    static let withoutSpace: Set = [4, 11]

    let root: TaskScope
    let directory: TemporaryDirectory

    func run() async throws -> String {
        let store = ShardStore(directory: directory)
        for number in 1...Self.shards { try store.write(number, isDamaged: number == Self.damaged) }
        root.progress("checks the shards", completed: 0, total: UInt64(Self.shards))
        let begun = Turnstile(Self.shards)
        let whole = Turnstile(Self.shards)
        let checks = try (1...Self.shards).map { number in
            try root.spawn(ShardStore.name(number), kind: "shard") { shard in
                try await ShardTask(
                    shard: shard, number: number, store: store, begun: begun, whole: whole,
                    hasSpace: !Self.withoutSpace.contains(number)
                ).run()
            }
        }
        for check in checks { _ = try await check.value }
        return "shards: \(Self.shards) checked, all whole"
    }
}

/// Opens when so many have come.
final class Turnstile: Sendable {
    private let missing: Mutex<Int>
    let allCame = Latch<Void>()

    init(_ count: Int) { missing = Mutex(count) }

    func come() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { allCame.open() }
    }
}
