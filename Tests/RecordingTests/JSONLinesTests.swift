import EventBus
import TestSupport
import Testing
import TreeModel

@testable import Recording

@Suite struct JSONLinesTests {
    private let directory = Scratch()
    private let session = SessionInfo(
        session: "0123456789abcdef", name: "orders", pid: 42, startedUnixNanoseconds: 1_772_366_400_123_456_789)

    @Test func theFirstLineDescribesTheSession() {
        #expect(
            JSONLinesWriter().header(session)
                == #"{"treetop":1,"session":"0123456789abcdef","started":"2026-03-01T12:00:00.123456789Z","name":"orders","pid":42}"#
        )
    }

    @Test(arguments: literalLines)
    func everyKindHasItsLine(_ line: Literal) {
        #expect(JSONLinesWriter().line(TreeEvent(seq: 7, t: 9, change: line.change)) == line.json)
        write(JSONLinesWriter().header(session) + "\n" + line.json + "\n", to: directory["a"])
        #expect((try? SessionFile(directory["a"]).load()) == [TreeEvent(seq: 7, t: 9, change: line.change)])
    }

    @Test func theLiteralLinesCoverEveryKind() {
        #expect(Set(literalLines.map(\.change.kind)) == Set(TreeEvent.Kind.all))
    }

    @Test func binaryToJSONAndBackIsTheSame() throws {
        let seed = Seeds.any()
        for fullness in 0...4 {
            let name = "\(fullness)"
            _ = try record(randomEvents(310, seed: seed, fullness: fullness), to: directory[name])
            let file = try SessionFile(directory[name])
            let events = try file.load()
            write(jsonLines(events, of: file.session), to: directory[name + ".jsonl"])
            let lines = try SessionFile(directory[name + ".jsonl"])
            #expect(try lines.load() == events, "seed \(seed), fullness \(fullness)")
            #expect(lines.session == file.session && lines.format == .jsonLines)
            #expect(lines.ended == file.ended && lines.firstT == file.firstT && lines.lastT == file.lastT)
        }
    }

    @Test func unknownEventsKeysAndWordsArePassedOverAndCounted() throws {
        write(
            """
            {"treetop":1,"session":"x","future":[1]}
            {"seq":1,"t":1,"event":"task.started","task":1,"name":"a","colour":"red"}

            {"seq":2,"t":2,"event":"task.sneezed","task":1}
            {"seq":3,"t":3,"event":"task.finished","task":1,"outcome":"exploded"}
            {"event":"task.resumed","task":1,"t":4,"seq":4}
            """, to: directory["a"])
        let (found, summary) = try items(SessionFile(directory["a"]))
        #expect(
            found == [
                .event(TreeEvent(seq: 1, t: 1, change: .taskStarted(.init(task: TaskID(1), name: "a")))),
                .unknown(seq: 2, kind: nil), .unknown(seq: 3, kind: .taskFinished),
                .event(TreeEvent(seq: 4, t: 4, change: .taskResumed(.init(task: TaskID(1))))),
            ])
        #expect(summary.unknownFields == 1 && summary.unknownEvents == 2 && summary.events == 2)
    }

    @Test(arguments: [
        (#"{"seq":1,"t":1,"event":"task.resumed"}"#, "`task` is missing"),
        (#"{"seq":1,"t":1,"event":"task.resumed","task":"one"}"#, "`task` is no number"),
        (#"{"seq":1,"t":1,"event":"task.resumed","task":1.5}"#, "`task` is no number"),
        (#"{"seq":1,"t":1,"event":"task.resumed","task":-1}"#, "`task` is no number"),
        (#"{"t":1,"event":"task.resumed","task":1}"#, "`seq` is missing"),
        (#"{"seq":1,"t":1}"#, "`event` is missing"),
        (
            #"{"seq":1,"t":1,"event":"cancel.requested","cascade":1,"task":1,"cause":{}}"#,
            "`cause` is wrong: `kind` is missing"
        ),
        (#"["not", "an", "object"]"#, "no JSON object"),
        (#"{"seq":1,"t":"#, "no JSON object"),
        ("oops", "no JSON object"),
    ])
    func aBadLineIsNamedWithItsNumberAndWhatIsWrong(_ line: String, _ words: String) {
        write("{\"treetop\":1}\n" + line + "\n", to: directory["a"])
        let error = error { () throws(SessionError) in _ = try SessionFile(directory["a"]).load() }
        #expect(error?.code == .badLine)
        #expect(error?.message.hasPrefix("\(directory["a"]):2: ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func aLastLineThatIsCutOffIsNoError() throws {
        let good = #"{"seq":1,"t":1,"event":"task.resumed","task":1}"#
        write("{\"treetop\":1}\n\(good)\n" + good.dropLast(9), to: directory["a"])
        let (found, summary) = try items(SessionFile(directory["a"]))
        #expect(found.count == 1 && summary.isCutOff && summary.lostBytes > 0)
        // One that is whole and only lacks its newline counts.
        write("{\"treetop\":1}\n\(good)\n\(good)", to: directory["b"])
        #expect(try SessionFile(directory["b"]).load().count == 2)
    }

    @Test func linesLongerThanABlockAreRead() throws {
        let change = TreeEvent.Change.taskLog(
            .init(task: TaskID(1), level: "info", message: String(repeating: "ü", count: 400_000)))
        let event = TreeEvent(seq: 1, t: 1, change: change)
        write("{\"treetop\":1}\n" + JSONLinesWriter().line(event) + "\n", to: directory["a"])
        let file = try SessionFile(directory["a"])
        #expect(try file.load() == [event])
        #expect(file.lastSeq == 1)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000000000Z", 0), ("2000-02-29T23:59:59.999999999Z", 951_868_799_999_999_999),
            ("1969-12-31T23:59:59.500000000Z", -500_000_000),
            ("2026-03-01T12:00:00.123456789Z", 1_772_366_400_123_456_789),
        ] as [(String, Int64)])
    func instantsAreWrittenAndReadExactly(_ text: String, _ nanoseconds: Int64) {
        #expect(WallClock.text(nanoseconds) == text)
        #expect(WallClock.nanoseconds(text) == nanoseconds)
    }

    @Test func otherSpellingsOfAnInstantAreRead() {
        #expect(WallClock.nanoseconds("1970-01-01T01:00:00+01:00") == 0)
        #expect(WallClock.nanoseconds("1969-12-31T19:30:00-04:30") == 0)
        #expect(WallClock.nanoseconds("1970-01-01t00:00:01.5z") == 1_500_000_000)
        for wrong in [
            "", "1970", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00Zx", "9999-01-01T00:00:00Z",
        ] {
            #expect(WallClock.nanoseconds(wrong) == nil, "\(wrong)")
        }
    }
}
