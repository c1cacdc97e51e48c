import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

@Suite struct SessionMergeTests {
    private let directory = Scratch()

    /// Lines of a script as a session that began so many milliseconds after the others.
    private func session(_ name: String, _ script: String, began milliseconds: Int64 = 0) throws -> SessionFile {
        let info = SessionInfo(
            session: "id-of-\(name)", name: name, pid: 7,
            startedUnixNanoseconds: 1_772_366_400_000_000_000 + milliseconds * 1_000_000)
        write(jsonLines(ScriptedLog(script).events, of: info), to: directory[name])
        return try SessionFile(directory[name])
    }

    private func merge(_ sessions: [SessionFile]) throws -> SessionFile {
        let (events, _, _) = try SessionMerge.write(sessions, to: directory["merged"])
        let merged = try SessionFile(directory["merged"], recovery: .strict)
        #expect(try merged.load().count == events)
        return merged
    }

    private let story = """
        start 1
        acquire 1 1
        start 2 1
        cancel 1 2
        mark 2 1
        finish 2 cancelled
        completed 1 1 0 0 0 0
        releasing 1
        released 1
        finish 1
        end
        """

    @Test func eachIsBelowARootOfItsOwnAndThePromisesHold() throws {
        let merged = try merge([session("one", story), session("two", story, began: 5), session("three", story)])
        let verdict = try Check.verdict(of: merged)
        #expect(verdict.result == .holds, "\(verdict)")
        #expect(verdict.counts.tasks == 9 && verdict.counts.acquired == 3 && verdict.counts.cascades == 3)
        let events = try merged.load()
        #expect(events.map(\.seq) == Array(1...UInt64(events.count)) && merged.ended == .finished)
        let started = events.compactMap { event -> TreeEvent.TaskStarted? in
            if case .taskStarted(let fields) = event.change { fields } else { nil }
        }
        #expect(Set(started.map(\.task)).count == 9)
        let roots = started.filter { $0.parent == nil }
        #expect(roots.map(\.name) == ["one", "three", "two"] && roots.allSatisfy { $0.kind == "session" })
        #expect(roots[0].labels.contains(Label("session", "id-of-one")))
        for root in roots { #expect(started.filter { $0.parent == root.task }.map(\.name) == ["t1"]) }
        #expect(merged.session.name == "one + two + three")
    }

    @Test func timesAreAlignedByTheWallClock() throws {
        let merged = try merge([session("late", "start 1\nlog\nfinish 1\nend", began: 2), session("early", story)])
        #expect(merged.session.startedUnixNanoseconds == 1_772_366_400_000_000_000)
        let events = try merged.load()
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.t <= $1.t })
        let log = try #require(events.first { $0.change.kind == .taskLog })
        #expect(log.t == 4_000_000, "2 ms after its session began, which was 2 ms after the other")
    }

    @Test func aSessionThatBeginsMidWayMakesAKeyframeOfAll() throws {
        let merged = try merge([
            session("whole", "start 1\nacquire 3 1\nlog\nlog\nlog\nlog\nlog\nlog\nlog\nlog\nlog\nlog\nlog"),
            session(
                "part",
                "seq 9\nsnapshot begin\nrow 1\nrow 2 1\nheld 4 2\nsnapshot end\nlog\nreleasing 4\nreleased 4\nfinish 2\n"
            ),
        ])
        var tree = LiveTree()
        for event in try merged.load() { tree.apply(event) }
        #expect(!tree.isBlind && tree.totals.live == 4 && tree.totals.held == 1, "\(tree.snapshotRows())")
        #expect(merged.ended == nil)
        let rows = try merged.load().filter { $0.change.kind == .snapshotTask }
        #expect(rows.count == 5)
        #expect(try Check.verdict(of: merged).result == .undetermined)
    }

    @Test func sessionsOfTheSameNameAreToldApart() throws {
        let scripts = ["a", "a (2)", "a"].enumerated().map { place, name in (place, name) }
        let sessions = try scripts.map { place, name in
            let info = SessionInfo(session: "id-\(place)", name: name, pid: 7, startedUnixNanoseconds: 1)
            write(jsonLines(ScriptedLog("start 1\nend").events, of: info), to: directory["\(place)"])
            return try SessionFile(directory["\(place)"])
        }
        let roots = try merge(sessions).load().compactMap { event in
            if case .taskStarted(let fields) = event.change, fields.kind == "session" { fields.name } else { nil }
        }
        #expect(roots == ["a", "a (2)", "a (3)"])
    }

    @Test func keyframesOfWholeSessionsCountWhatWasBefore() throws {
        let script = """
            start 1
            acquire 1 1
            start 2 1
            finish 2
            snapshot begin
            row 1
            held 1 1
            snapshot end
            log
            """
        let merged = try merge([session("one", script), session("two", script)])
        let seeker = try #require(merged.seeker())
        let keyframe = try #require(try seeker.keyframe(before: .seq(.max)))
        #expect(keyframe.end < merged.lastSeq)
        var folded = LiveTree()
        for event in try merged.load() { folded.apply(event) }
        let sought = try seeker.tree(at: .seq(.max)).totals
        #expect(sought.started == 6 && sought.succeeded == 2 && sought.acquired == 2 && sought.live == 4)
        let all = folded.totals
        #expect((sought.started, sought.succeeded, sought.acquired) == (all.started, all.succeeded, all.acquired))
        #expect((sought.live, sought.held) == (all.live, all.held))
    }

    @Test func whatIsMergedIsWhatEachWas() throws {
        let seed = Seeds.any()
        var sessions: [SessionFile] = []
        for index in 0..<3 {
            var random = RandomEvents(seed: seed &+ UInt64(index))
            let changes = (0..<500).map { _ in random.next() }.map { (change: $0.change, t: $0.t) }
            _ = try record(
                changes.filter { $0.change.kind != .gap && $0.change.kind != .sessionEnded }, to: directory["\(index)"])
            sessions.append(try SessionFile(directory["\(index)"]))
        }
        let merged = try merge(sessions)
        var kinds: [TreeEvent.Kind: Int] = [:]
        for event in try merged.load() { kinds[event.change.kind, default: 0] += 1 }
        for session in sessions { for event in try session.load() { kinds[event.change.kind, default: 0] -= 1 } }
        let more = kinds.filter { $0.value != 0 && !$0.key.name.hasPrefix("snapshot.") }
        // A root for each, and one end for all.
        #expect(more[.taskStarted] == 3 && more[.sessionEnded] == -2, "seed \(seed): \(more)")
        #expect(Set(more.keys).isSubset(of: [.taskStarted, .sessionEnded, .taskFinished]), "seed \(seed): \(more)")
    }

    @Test func idsThatAreTooLargeAreRefused() throws {
        let line = #"{"seq":1,"t":0,"event":"task.started","task":18446744073709551615,"name":"x"}"#
        write("{\"treetop\":1,\"name\":\"huge\"}\n\(line)\n", to: directory["huge"])
        let huge = try SessionFile(directory["huge"])
        let refused = error { () throws(SessionError) in _ = try SessionMerge.write([huge, huge], to: directory["m"]) }
        #expect(refused?.code == .idsTooLarge && refused?.message.contains(directory["huge"]) == true)
    }
}

@Suite struct RedactionTests {
    private let directory = Scratch()

    @Test func everyTextOfEveryEventIsBlackedOut() throws {
        let seed = Seeds.any()
        var changes = randomEvents(2_000, seed: seed, fullness: 4)
        // A text that is nowhere else, wherever there can be one.
        var secret = Planter()
        changes = changes.map { ($0.change.edited(by: &secret), $0.t) }
        _ = try record(changes, to: directory["a"])
        #expect(String(decoding: try exported(directory["a"]), as: UTF8.self).contains("geheim"))
        let redaction = Redaction([try Regex("(?i)GEHEIM-[0-9]+")])
        let text = String(decoding: try exported(directory["a"], redaction: redaction), as: UTF8.self)
        #expect(!text.contains("geheim"), "seed \(seed)")
        #expect(text.ranges(of: Redaction.mark).count == secret.planted, "seed \(seed)")
        // In copies as well, also where something of a newer version is, which cannot be looked into.
        let session = try SessionFile(directory["a"], redaction: redaction)
        _ = try SessionPack.write(session, to: directory["b"])
        #expect(try exported(directory["b"]) == exported(directory["a"], redaction: redaction))
        #expect(!String(decoding: contents(directory["b"]), as: UTF8.self).contains("geheim"))
    }

    @Test func whatMatchesIsReplacedAndTheRestStays() throws {
        let redaction = Redaction([try Regex("[a-z]+@[a-z.]+"), try Regex("[0-9]{4,}"), try Regex("x*")])
        #expect(
            redaction.edited("ann@example.org paid 12345 of 99 to bob@b")
                == "[redacted] paid [redacted] of 99 to [redacted]")
        #expect(redaction.edited("nothing to hide") == "nothing to hide")
        // Composed and decomposed are equal, and stay what they are.
        for text in ["caf\u{E9}", "cafe\u{301}"] {
            #expect(Array(redaction.edited(text).unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test func theNameOfTheSessionIsBlackedOut() throws {
        let session = SessionInfo(name: "orders of ann")
        EventLog(session, store: try MappedStore(creating: directory["a"], for: session)).end(.finished, at: 0)
        let file = try SessionFile(directory["a"], redaction: Redaction([try Regex("ann")]))
        #expect(file.session.name == "orders of [redacted]")
        _ = try SessionPack.write(file, to: directory["b"])
        #expect(!String(decoding: contents(directory["b"]), as: UTF8.self).contains("ann"))
    }

    /// Puts a secret at the end of every text.
    private struct Planter: FieldEditor {
        var planted = 0
        mutating func edit(_ text: inout String) {
            planted += 1
            text += "geheim-\(planted % 500)"
        }
    }
}
