import Glibc
import TaskTree

/// A task that was told to stop could not keep how far it was.
struct CheckpointFailed: OutlastsCancel, Hashable, CustomStringConvertible {
    let name: String
    let reason: String
    var description: String { "\(name) cannot keep its checkpoint: \(reason)" }
}

/// Checks one shard, and holds meanwhile its lock, the file, and a scratch file for its checkpoint.
struct ShardTask {
    let shard: TaskScope
    let number: Int
    let store: ShardStore
    /// All have begun; all were found whole.
    let begun: Turnstile
    let whole: Turnstile
    let hasSpace: Bool

    func run() async throws {
        try await shard.heedingCancel {
            let name = ShardStore.name(number)
            let path = store.path(number)
            try await shard.adopt("\(name).lock", kind: "lock", try FileLock.wait(path + ".lock")) {
                $0.release(removing: true)
            }
            let file = try await shard.adopt(name, kind: "file", try Descriptor.open(path, O_RDONLY)) { $0.close() }
                .value
            try await shard.adopt("\(name).tmp", kind: "file", try AppendFile(path + ".tmp")) { scratch in
                scratch.close()
                unlink(scratch.path)
            }
            begun.come()
            try await shard.waits(for: "barrier", "all shards open") { try await begun.allCame.wait() }
            try await check(file, path)
        }
    }

    private func check(_ file: Descriptor, _ path: String) async throws {
        var block = 0
        do {
            while case let bytes = try file.read(upTo: ShardStore.blockSize, path: path), !bytes.isEmpty {
                block += 1
                try store.check(bytes, of: number, block: block)
                shard.progress("block \(block) is whole", completed: UInt64(block), total: UInt64(ShardStore.blocks))
                try await shard.sleep(for: .milliseconds(200 + number))
            }
            whole.come()
            // The sum of all is worth something only if each is whole.
            try await shard.waits(for: "barrier", "all shards whole") { try await whole.allCame.wait() }
        } catch  where shard.isCancelled && !hasSpace {
            try keepCheckpoint(block, error)
        }
    }

    /// On its way out it writes how far it came, to a disk that is full.
    private func keepCheckpoint(_ block: Int, _ error: any Error) throws {
        do {
            let disk = try Descriptor.open("/dev/full", O_WRONLY)
            defer { disk.close() }
            try disk.write("block \(block)\n", path: "the checkpoint")
        } catch let full as DemoError {
            throw CheckpointFailed(name: shard.name, reason: full.message)
        }
        throw error
    }
}
