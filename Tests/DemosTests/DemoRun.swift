import Demos
import EventBus
import Glibc
import TaskTree
import TaskTreeTesting
import TestSupport
import TreeModel

/// A scenario that runs in a directory of its own, on free ports.
final class DemoRun {
    let log: EventLog
    let engine: TreeEngine
    let watch: LogWatch
    private let scratch = Scratch()
    var directory: String { scratch.path }
    private let run: Task<[String], any Error>

    /// - Parameter clock: where the engine's time comes from; nil is the system's.
    init(
        _ name: String, clock: ManualClock? = nil, _ adjust: (inout DemoSettings) -> Void = { _ in }
    ) {
        var settings = DemoSettings()
        settings.port = 0
        settings.step = clock == nil ? .milliseconds(2) : .seconds(1)
        settings.directory = scratch.path
        adjust(&settings)
        let scenario = Scenario.all.first { $0.name == name }!
        let log = EventLog(SessionInfo(name: name))
        var options = TreeOptions()
        if let clock { options.clock = clock }
        let engine = TreeEngine(log: log, options: options)
        self.log = log
        self.engine = engine
        watch = LogWatch(log)
        let pulse = clock.map { clock in
            // The engine sets its timers on threads of its own, and may be late: for an instant that has passed.
            Task {
                while !Task.isCancelled {
                    clock.advance(by: .zero)
                    await Task.yield()
                }
            }
        }
        run = Task { [settings, scratch] in
            defer {
                // The scenario may go on when nobody looks any more.
                withExtendedLifetime(scratch) {}
                pulse?.cancel()
                log.end(.finished, at: engine.elapsed)
            }
            return try await scenario.run(engine, settings)
        }
    }

    /// The totals, once it is over.
    var lines: [String] {
        get async throws {
            let run = run
            return try await withTaskCancellationHandler {
                try await run.value
            } onCancel: {
                run.cancel()
            }
        }
    }

    func cancel(_ path: String) async {
        guard let task = watch.tree.task(path) else { return }
        engine.cancel(task, cause: Cause(.user, by: "test"))
    }

    /// The port after this text in the note of a task.
    func port(of path: String) async -> UInt16 {
        var port: UInt16?
        await watch.until { tree in
            guard let note = tree.task(path).flatMap({ tree.tasks[$0]?.note }), note.hasPrefix("127.0.0.1:") else {
                return false
            }
            port = UInt16(note.dropFirst("127.0.0.1:".count).prefix { $0.isNumber })
            return port != nil
        }
        return port ?? 0
    }

    /// What is left in the directory.
    var leftInDirectory: [String] {
        guard let entries = opendir(directory) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The files in the directory that this process has open.
    var openFiles: [String] {
        (0..<1024).compactMap { number in
            var buffer = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
            let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return path.hasPrefix(directory + "/") ? path : nil
        }
    }
}

/// Whether a process with this number is there.
func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }

/// The descriptors of this process that a program started from here would get, and that belong to this port or
/// to one held in the tree under the name `127.0.0.1:PORT`.
func inheritableSockets(of port: UInt16, and tree: LogWatch.Tree) -> [Int32] {
    let ports = Set(
        tree.resources.values.filter { $0.isHeld && $0.name.hasPrefix("127.0.0.1:") }
            .compactMap { Int($0.name.dropFirst("127.0.0.1:".count)) } + [Int(port)])
    return (3..<1024).filter { number in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return false }
        return ports.contains(Int(UInt16(bigEndian: address.sin_port))) && fcntl(number, F_GETFD) & FD_CLOEXEC == 0
    }
}
