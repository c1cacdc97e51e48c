import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

/// What is blacked out while it is recorded never leaves the memory of the program, wherever it is recorded to.
@Suite struct RedactedRecordingTests {
    private let directory = Scratch()
    private static let secret = "hunter2"

    /// Where a session is recorded to.
    enum Place: CaseIterable { case mapped, lastPart, network, pipe }

    private func redaction() throws -> Redaction { Redaction([try Regex("hunter[0-9]+")]) }

    private func secret(_ number: UInt64) -> String { "\(Self.secret)\(number)" }

    /// A secret in each place for text, and many tasks with one, so that chunks fill and keyframes are written.
    private func append(to log: EventLog) -> Int64 {
        let (task, resource) = (TaskID(1 << 30), ResourceID(1))
        var steady = Steady(log, name: secret)
        let error = Failure(type: secret(1), message: "password \(secret(2))")
        let cause = Cause(.user, by: secret(3), message: secret(4))
        let target = WaitTarget(kind: secret(5), name: secret(6))
        let changes: [TreeEvent.Change] = [
            .taskStarted(
                .init(
                    task: task, parent: TaskID(1), name: secret(7), kind: secret(8),
                    labels: [Label(secret(9), secret(10))])),
            .taskProgress(.init(task: task, completed: 1, total: 2, message: secret(11))),
            .taskLog(.init(task: task, level: secret(12), message: String(repeating: secret(13), count: 200))),
            .taskWaiting(.init(task: task, on: target, since: 0)),
            .resourceAcquired(.init(resource: resource, task: task, name: secret(14), kind: secret(15))),
            .resourceReleased(.init(resource: resource, task: task, outcome: .failed, error: error, duration: 1)),
            .cancelRequested(.init(cascade: CascadeID(1), task: task, force: false, cause: cause)),
            .cancelEscalated(.init(cascade: CascadeID(1), by: secret(16))),
            .taskFinished(.init(task: task, outcome: .failed, error: error, suppressed: [error], cause: cause)),
        ]
        for change in changes { log.append(change, at: 0) }
        steady.go(5_000, keyframe: 400)
        for change in changes { log.append(change, at: steady.t) }
        return steady.t
    }

    @Test(arguments: Place.allCases)
    func nothingOfItIsWrittenAndAllElseIs(_ place: Place) throws {
        let session = SessionInfo(name: "run of \(secret(1))")
        let path = directory["a"]
        let reader = place == .pipe ? PipeReader(path) : nil
        let keeping = place == .lastPart ? Keeping(bytes: 64 << 10) : .everything
        let recording = try SessionRecording(
            to: path, for: session, keeping: keeping, redaction: redaction(), patience: 1 << 50
        ) { _ in place != .network }
        let log = recording.makeLog(session)
        reader?.start()
        let t = append(to: log)
        log.end(.finished, at: t)
        let outcome = recording.end()
        #expect(outcome.failure == nil && outcome.note == nil)
        reader?.save(directory["copy"])
        try expectRedacted(reader == nil ? path : directory["copy"], log, place)
    }

    private func expectRedacted(_ path: String, _ log: EventLog, _ place: Place) throws {
        let bytes = contents(path)
        #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.secret))
        // Who watches the program sees what it says.
        var live: [TreeEvent] = []
        log.makeReader().read { live.append($0) }
        #expect(live.contains { "\($0)".contains(Self.secret) })
        let file = try SessionFile(path, recovery: .strict)
        #expect(file.session.name == "run of \(Redaction.mark)")
        let found = try file.load()
        let redaction: Redaction? = try redaction()
        let expected = live.map { redaction.edited($0) }
        #expect(found.last?.change.kind == .sessionEnded && file.isComplete)
        if place == .lastPart {
            #expect(found.first?.change.kind == .snapshotBegin && found.first?.seq ?? 0 > 1_000)
            #expect(found == Array(expected.suffix(found.count)))
        } else {
            #expect(found == expected)
        }
    }

    /// What it falls too far behind on is a gap, and it goes on at a keyframe with what the log has counted.
    @Test func aCopyThatFallsBehindGoesOnAtAKeyframe() throws {
        let store = MemoryStore()
        let session = SessionInfo(name: "behind")
        let log = EventLog(session, store: MemoryStore(first: 4096, largest: 4096), retaining: 16 << 10)
        let reader = log.makeReader()
        var steady = Steady(log)
        steady.go(5_000, keyframe: 100)
        log.end(.finished, at: steady.t)
        let copy = EventLog(session, store: store)
        reader.read { copy.append(copyOf: $0.change, at: $0.t) }
        var events: [TreeEvent] = []
        copy.makeReader(from: .keyframe).read { events.append($0) }
        #expect(events.first?.change.kind == .snapshotBegin && copy.lastSeq == log.lastSeq)
        guard case .snapshotEnd(let sums)? = events.first(where: { $0.change.kind == .snapshotEnd })?.change else {
            Issue.record("there is no keyframe")
            return
        }
        // Of all that there was, not of what was copied.
        #expect(sums.started ?? 0 > 4_000)
    }
}
