import EventBus
import Export
import Foundation
import Testing
import TestSupport
import TreeModel

/// Names as they come from somewhere else.
let hostileNames = [
    #"a "quoted", 'single' name"#, "lines\nand\r\nreturns\tand tabs", "\u{0}\u{1}\u{1B}[31mred\u{7F}\u{85}",
    "\u{202E}turned\u{2028}\u{2066}", "</script></title></text>]]><!-- &amp; &#0;", "日本語 ü e\u{301} 👩‍👩‍👧 \u{FFFE}",
    String(repeating: "long ", count: 900), "", "back\\slash\\", "#{x}[y](z)|;`--> end %%{init: {}}%% {", "=1+1", "a/b",
]

/// A log of one tree, numbered and timed: names that are hostile everywhere, siblings that overlap, a cancel with an
/// overdue and an abandoned task, and two tasks that never end.
struct HostileLog {
    static let session = SessionInfo(
        session: "0123456789abcdef", name: #"ho"stile <&> name"#, pid: 4321,
        startedUnixNanoseconds: 1_772_366_400_123_456_789)

    private(set) var events: [TreeEvent] = []
    /// The names of the tasks, by id.
    private(set) var names: [UInt64: String] = [:]
    private(set) var parents: [UInt64: UInt64] = [:]

    init() {
        start(1, nil, "root")
        for (index, name) in hostileNames.enumerated() {
            let (parent, child, resource) = (UInt64(10 + index), UInt64(50 + index), UInt64(index + 1))
            start(parent, 1, name)
            start(child, parent, "child of \(name)")
            acquire(resource, child, name)
            add(.taskWaiting(.init(task: TaskID(parent), on: WaitTarget(kind: "lock", name: name), since: time)))
        }
        acquire(90, 1, "held to the end")
        add(.taskLog(.init(task: TaskID(1), level: "info", message: hostileNames[4])))
        let cause = Cause(.user, by: "key x", message: hostileNames[0])
        add(.cancelRequested(.init(cascade: CascadeID(1), task: TaskID(10), force: false, cause: cause)))
        for task: UInt64 in [10, 50] { add(.taskCancelling(.init(task: TaskID(task), cascade: CascadeID(1)))) }
        add(.taskOverdue(.init(task: TaskID(50), since: time, grace: 5)))
        add(.resourceQuarantined(.init(resource: ResourceID(1), task: TaskID(50), because: TaskID(50))))
        finish(50, .abandoned, nil, cause)
        finish(10, .cancelled, nil, cause)
        add(
            .cancelCompleted(
                .init(
                    cascade: CascadeID(1), tasks: 2, resources: 1, failed: 0, timedOut: 0, abandoned: 1, duration: 7_000
                )))
        for index in hostileNames.indices.dropFirst().dropLast() {
            let (parent, child) = (UInt64(10 + index), UInt64(50 + index))
            release(UInt64(index + 1), child, index % 2 == 0 ? .ok : .failed)
            let failure = Failure(type: "Hostile\"Error", message: hostileNames[index])
            finish(child, .failed, failure, nil)
            add(.taskJoining(.init(task: TaskID(parent), outcome: .succeeded)))
            finish(parent, .succeeded, nil, nil)
        }
        add(.taskReturned(.init(task: TaskID(50))))
    }

    /// Tasks that are alive when the log ends.
    var open: [UInt64] { [1, UInt64(9 + hostileNames.count), UInt64(49 + hostileNames.count)] }

    private var time: Int64 { Int64(events.count + 1) * 1_234_567 }

    mutating func add(_ change: TreeEvent.Change) {
        events.append(TreeEvent(seq: UInt64(events.count + 1), t: time, change: change))
    }

    private mutating func start(_ id: UInt64, _ parent: UInt64?, _ name: String) {
        names[id] = name
        parents[id] = parent
        add(
            .taskStarted(
                .init(
                    task: TaskID(id), parent: parent.map { TaskID($0) }, name: name, kind: name.isEmpty ? nil : name,
                    labels: [Label("label", name)])))
    }

    private mutating func acquire(_ id: UInt64, _ task: UInt64, _ name: String) {
        add(.resourceAcquiring(.init(resource: ResourceID(id), task: TaskID(task), name: name, kind: "file")))
        add(.resourceAcquired(.init(resource: ResourceID(id), task: TaskID(task), name: name, kind: "file")))
    }

    private mutating func release(_ id: UInt64, _ task: UInt64, _ outcome: ReleaseOutcome) {
        add(.resourceReleasing(.init(resource: ResourceID(id), task: TaskID(task))))
        add(.resourceReleased(.init(resource: ResourceID(id), task: TaskID(task), outcome: outcome, duration: 9)))
    }

    private mutating func finish(_ id: UInt64, _ outcome: Outcome, _ error: Failure?, _ cause: Cause?) {
        add(.taskFinished(.init(task: TaskID(id), outcome: outcome, error: error, cause: cause)))
    }
}

/// A session in a format.
func export(
    _ events: [TreeEvent], _ format: ExportFormat, at instant: Int64? = nil, task: UInt64? = nil,
    session: SessionInfo = HostileLog.session
) throws(ExportError) -> [UInt8] {
    var writer = format.writer(at: instant, task: task.map { TaskID($0) })
    writer.begin(session)
    var bytes: [UInt8] = []
    for event in events {
        writer.write(event)
        bytes += writer.take()
    }
    try writer.end()
    return bytes + writer.take()
}

/// Readers that are not ours.
enum Reader {
    static let hasPython = has("python3")
    static let missing: Comment = "python3 is not installed: nobody reads what was written"

    static func has(_ tool: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
    }

    /// Runs a script of Python. `data` is the bytes, `expected` what was put in as JSON; an assertion that fails is told.
    static func python(_ script: String, _ data: [UInt8], expected: Any = [String]()) throws {
        let scratch = Scratch()
        let folder = URL(filePath: scratch.path)
        try Data(data).write(to: folder.appending(path: "data"))
        try JSONSerialization.data(withJSONObject: expected).write(to: folder.appending(path: "expected"))
        let prelude = """
            import sys, json, collections
            data = open(sys.argv[1] + "/data", "rb").read()
            expected = json.load(open(sys.argv[1] + "/expected", "rb"))

            """
        try prelude.appending(script).write(
            to: folder.appending(path: "script.py"), atomically: true, encoding: .utf8)
        let ended = try run("python3", [folder.appending(path: "script.py").path, folder.path], in: folder)
        #expect(ended.status == 0, "\(ended.errors)")
    }

    /// Runs a tool over bytes.
    static func run(_ tool: String, _ arguments: [String], over data: [UInt8]) throws -> (status: Int32, errors: String)
    {
        let scratch = Scratch()
        let folder = URL(filePath: scratch.path)
        try Data(data).write(to: folder.appending(path: "data"))
        return try run(tool, arguments, in: folder)
    }

    private static func run(_ tool: String, _ arguments: [String], in folder: URL) throws -> (
        status: Int32, errors: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let (input, errors) = (folder.appending(path: "data"), folder.appending(path: "errors"))
        try Data().write(to: errors)
        process.standardInput = FileHandle(forReadingAtPath: input.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors.path)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
    }
}
