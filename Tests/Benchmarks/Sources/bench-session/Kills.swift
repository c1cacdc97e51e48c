import EventBus
import Glibc
import Measure
import Recording
import Synchronization
import TreeModel

/// A process that records as fast as it can is killed at a random moment; its file opens, and has all that it appended.
enum Kills {
    static func measure(_ count: Int, _ seed: UInt64) throws -> [Figure] {
        print("kills: --seed \(seed)")
        var random = Random(state: seed)
        var (unreadable, missing, events, lost) = (0, UInt64(0), UInt64(0), 0)
        for round in 0..<count {
            // Every other one keeps only the last part.
            let left = try Self.round(
                isPartial: round % 2 == 1, microseconds: UInt32(random.next() % 60_000), random.next())
            events += left.appended
            missing += left.missing
            if !left.isReadable { unreadable += 1 }
            if left.hasHole { lost += 1 }
        }
        return [
            Figure("\(count) kills, \(events) events: unreadable files", Double(unreadable), "", .atMost(0)),
            Figure("\(count) kills: files with a hole", Double(lost), "", .atMost(0)),
            Figure("\(count) kills: appended events missing", Double(missing), "", .atMost(0)),
        ]
    }

    private struct Left {
        var appended: UInt64
        var missing: UInt64 = 0
        var isReadable = true
        var hasHole = false
    }

    private static func round(isPartial: Bool, microseconds: UInt32, _ seed: UInt64) throws -> Left {
        let folder = try Folder()
        let (file, counted) = (folder["a.treetop"], folder["counter"])
        let counter = try Counter(counted)
        let victim = try ChildProcess(.victim, [file, counted, isPartial ? "1000000" : "0", "\(seed)"])
        _ = victim.line()
        usleep(microseconds)
        kill(victim.pid, SIGKILL)
        victim.wait()
        var left = Left(appended: counter.value)
        guard let session = try? SessionFile(file) else {
            left.isReadable = false
            return left
        }
        let (first, last, isWhole) = try look(at: session)
        left.missing = left.appended > last ? left.appended - last : 0
        left.hasHole = !isWhole || !isPartial && (first != 1 || session.lastSeq != last)
        return left
    }

    /// The first and the last `seq`, and whether nothing is missing between, as far as it may be: what begins later than with
    /// the first event begins with a keyframe, and so does what comes behind a gap (a kill may fall into the middle of
    /// letting go of what is before a keyframe).
    private static func look(at session: SessionFile) throws -> (UInt64, UInt64, Bool) {
        let reader = session.events()
        var first: UInt64?
        var next: UInt64 = 1
        var isWhole = true
        var isGap = false
        while let item = try reader.next() {
            guard case .event(let event) = item else { continue }
            let isRow = event.change.kind.name.hasPrefix("snapshot.")
            if first == nil {
                first = event.seq
                next = isRow ? event.seq + 1 : event.seq
                isGap = event.seq > 1
            }
            if isGap, event.change.kind != .snapshotBegin { isWhole = false }
            isGap = false
            if isRow { continue }
            if event.seq != next { isWhole = false }
            next = event.seq + 1
            guard case .gap(let gap) = event.change else { continue }
            next = event.seq + gap.lost
            isGap = true
        }
        return (first ?? 1, next - 1, isWhole)
    }

    /// In the other process: appends for ever, and counts in a file that both have mapped.
    static func write(_ arguments: [String]) throws {
        let counter = try Counter(arguments[1])
        let bytes = Int(arguments[2]) ?? 0
        var random = Random(state: UInt64(arguments[3]) ?? 0)
        let keeping = Keeping(bytes: bytes > 0 ? bytes : nil)
        let session = SessionInfo(name: "victim")
        let recording = try SessionRecording(to: arguments[0], for: session, keeping: keeping)
        let log = recording.makeLog(session)
        print("begun")
        fflush(nil)
        var producer = Producer(log)
        var due = 0
        var t: Int64 = 0
        while true {
            if random.next() % 500 == 0 {
                let message = String(repeating: "said ", count: Int(random.next() % 800))
                t += 100
                log.append(.taskLog(.init(task: TaskID(1), level: "info", message: message)), at: t)
            } else {
                producer.append()
            }
            counter.value = log.lastSeq
            guard bytes > 0, log.bytes >= due else { continue }
            due = log.bytes + bytes / 8
            log.beginKeyframe(at: t)
            for task in 1...UInt64(20) {
                var row = TreeEvent.SnapshotTask()
                row.started.task = TaskID(task)
                log.append(.snapshotTask(row), at: t)
            }
            log.endKeyframe(at: t)
        }
    }
}

/// A number in a file that two processes have mapped.
final class Counter {
    private let word: UnsafeMutablePointer<Atomic<UInt64>>

    init(_ path: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard file >= 0, ftruncate(file, 4096) == 0,
            let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { throw Wrong("\(path) cannot be mapped") }
        word = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    deinit { munmap(word, 4096) }

    var value: UInt64 {
        get { word.pointee.load(ordering: .acquiring) }
        set { word.pointee.store(newValue, ordering: .releasing) }
    }
}

/// SplitMix64.
struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
