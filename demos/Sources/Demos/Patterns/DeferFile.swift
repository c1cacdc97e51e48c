import Glibc
import TaskTree

extension Scenario {
    /// `defer` with a file: the cleanup knows how the task ended, runs also when it was cancelled, and what goes wrong in
    /// it is told. Here it keeps a copy that is whole, and drops one that is not.
    static let deferFile = Scenario(
        pattern: "defer-file", "two copies: one is finished and kept, the other is cancelled midway and dropped"
    ) { root, place in
        try writeLines(place.file("original"), (1...12).map { "line \($0)" })
        let copies = try ["kept", "dropped"].map { name in
            try root.spawn(name, kind: "copy") { try await copy($0, place) }
        }
        try await root.sleep(for: place.step * 6)
        copies[1].cancel("not needed any more")
        for copy in copies { await copy.join() }
        let kept = try textLines(place.file("kept")).count
        let isDropped = access(place.file("dropped"), F_OK) != 0 && access(place.file("dropped.tmp"), F_OK) != 0
        return "a copy of \(kept) lines was kept; \(isDropped ? "nothing is left of the other" : "the other is there")"
    }

    /// Copies the original line by line into a file that has its name only once it is whole.
    private static func copy(_ task: TaskScope, _ place: Workplace) async throws {
        let path = place.file(task.name)
        try task.defer("keep or drop \(task.name)") { context in
            if context.outcome != .succeeded {
                unlink(path + ".tmp")
            } else if rename(path + ".tmp", path) != 0 {
                throw DemoError.file("rename", path)
            }
        }
        // Closed before that: the last is the first.
        let file = try task.own("\(task.name).tmp", kind: "file", AppendFile(path + ".tmp")) { file, _ in
            file.close()
        }.value
        for line in try textLines(place.file("original")) {
            try file.append(line)
            task.progress(line)
            // The one that is dropped is slow.
            try await task.sleep(for: place.step * (task.name == "kept" ? 1 : 4))
        }
    }
}
