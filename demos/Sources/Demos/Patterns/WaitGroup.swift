import Glibc
import Synchronization
import TaskTree

extension Scenario {
    /// Waiting for a group: it is over when all its tasks are, those too that join while it is waited for. Nobody counts
    /// them, so nobody counts them wrong.
    static let waitGroup = Scenario(
        pattern: "wait-group", "chapters are counted side by side; one joins while the group is waited for"
    ) { root, place in
        for number in 1...5 {
            try writeLines(place.file("chapter-\(number)"), Array(repeating: "a line of 16 b.", count: 32 * number))
        }
        try writeLines(place.file("appendix"), ["the end"])

        let bytes = Mutex(0)
        try await root.call("count") { count in
            for number in 1...5 {
                try count.spawn("chapter-\(number)", kind: "chapter") { chapter in
                    try await add(chapter, place, to: bytes)
                    // It joins the group that is waited for already.
                    if number == 3 {
                        try count.spawn("appendix", kind: "chapter") { try await add($0, place, to: bytes) }
                    }
                }
            }
        }
        // All are over, and their files are closed.
        return "counted \(bytes.withLock { $0 }) bytes in 6 files"
    }

    /// Adds up the bytes of the file that has the task's name.
    private static func add(_ task: TaskScope, _ place: Workplace, to bytes: borrowing Mutex<Int>) async throws {
        let path = place.file(task.name)
        let file = try task.own(task.name, kind: "file", Descriptor.open(path, O_RDONLY)) { file, _ in file.close() }
        var own = 0
        while case let block = try file.value.read(upTo: 256, path: path), !block.isEmpty {
            own += block.count
            bytes.withLock { $0 += block.count }
            task.progress("\(own) bytes")
            try await task.sleep(for: place.step)
        }
    }
}
