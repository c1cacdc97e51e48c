import Dashboard
import Glibc
import Measure
import Recording
import TreeModel

/// A large session that is read: opened, gone about in, folded.
enum Reading {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let live = 10_000
        let file = try StormFile(events: isQuick ? 1_000_000 : 10_000_000, live: live)
        let name = "\(file.events) events, \(live) live"
        let sum = try byteSum(of: file)
        let decoding = try decoding(of: file)
        let folding = try folding(of: file)
        return [
            Figure("\(name): file", Double(file.bytes) / Double(file.events), "bytes/event"),
            Figure("\(name): plain sum of the bytes", sum, "events/s"),
            Figure("\(name): decoded", decoding, "events/s"),
            Figure("\(name): decoded and folded", folding, "events/s", .atLeast(5_000_000)),
            Figure("\(name): folded / decoded", folding / decoding, ""),
        ] + (try seeking(in: file, name, folding)) + (try stepping(in: file, name))
    }

    /// Milliseconds of processor time of each of so many times: what others do on the machine is not in it.
    private static func milliseconds(_ count: Int, _ body: () throws -> Void) rethrows -> [Double] {
        try (0..<count).map { _ in
            let begin = Machine.threadTime
            try body()
            return Double(Machine.threadTime - begin) / 1_000_000
        }
    }

    // MARK: from one end to the other

    private static func rate(_ events: Int, _ body: () throws -> Void) rethrows -> Double {
        let begin = Machine.threadTime
        try body()
        return Double(events) / Double(Machine.threadTime - begin) * 1e9
    }

    /// Something that does not change from one version to the next.
    private static func byteSum(of file: StormFile) throws -> Double {
        guard let stream = fopen(file.path, "r") else { throw Wrong("cannot read \(file.path)") }
        defer { fclose(stream) }
        var block = [UInt8](repeating: 0, count: 1 << 20)
        var sum: UInt64 = 0
        let rate = rate(file.events) {
            while case let count = fread(&block, 1, block.count, stream), count > 0 {
                for byte in block[..<count] { sum &+= UInt64(byte) }
            }
        }
        guard sum > 0 else { throw Wrong("\(file.path) is empty") }
        return rate
    }

    private static func decoding(of file: StormFile) throws -> Double {
        let reader = try SessionFile(file.path).events()
        var count = 0
        let rate = try rate(file.events) {
            while try reader.read({ _ in
                count += 1
                return true
            }) != nil {}
        }
        guard count >= file.events else { throw Wrong("only \(count) events were read") }
        return rate
    }

    private static func folding(of file: StormFile) throws -> Double {
        let reader = try SessionFile(file.path).events()
        var frames = Frames()
        let rate = try rate(file.events) { while try reader.read(into: &frames) != nil {} }
        guard frames.tree.totals.events == file.events else {
            throw Wrong("\(frames.tree.totals.events) events were folded")
        }
        return rate
    }

    // MARK: going about

    private static func seeking(in file: StormFile, _ name: String, _ folding: Double) throws -> [Figure] {
        let opened = try milliseconds(21) { _ = try SessionFile(file.path) }
        let end = try SessionFile(file.path).lastT ?? 0
        func anywhere() -> Int64 { Int64.random(in: 0...end) }
        let cold = try milliseconds(60) { _ = try SessionFile(file.path).tree(at: anywhere()) }
        guard let seeker = try SessionFile(file.path).seeker() else { throw Wrong("\(file.path) has no chunks") }
        let warm = try milliseconds(60) { _ = try seeker.tree(at: .t(anywhere())) }
        let worst = cold.max() ?? .infinity
        return [
            Figure("\(name): opened, p50", opened.quantile(0.5), "ms"),
            Figure("\(name): opened and sought, p50", cold.quantile(0.5), "ms", .atMost(20)),
            Figure("\(name): opened and sought, worst", worst, "ms", .atMost(20)),
            Figure("\(name): sought again, p50", warm.quantile(0.5), "ms", .atMost(20)),
            Figure("\(name): sought again, worst", warm.max() ?? .infinity, "ms", .atMost(20)),
            // What a machine would need that folds 5,000,000 events a second.
            Figure("\(name): worst, at 5,000,000 folded a second", worst * folding / 5_000_000, "ms", .atMost(20)),
        ]
    }

    private static func stepping(in file: StormFile, _ name: String) throws -> [Figure] {
        let session = try SessionFile(file.path)
        guard let tape = Tape(session) else { throw Wrong("\(file.path) has no chunks") }
        var replay = Replay(reading: tape, end: session.lastT ?? 0)
        while replay.isAtWork { _ = replay.work(4_096) { _ in } }
        replay.seek(toEvent: file.events * 2 / 3)
        let steps = (0..<2_000).map { _ in
            // What is done between two keys.
            while replay.isAtWork { _ = replay.work(4_096) { _ in } }
            return milliseconds(1) { replay.step(by: -1) }[0]
        }
        return [
            Figure("\(name): a step back, p50", steps.quantile(0.5), "ms", .atMost(1)),
            Figure("\(name): a step back, p99", steps.quantile(0.99), "ms", .atMost(1)),
            Figure("\(name): a step back, worst", steps.max() ?? .infinity, "ms", .atMost(1)),
        ]
    }
}

/// A tree that is brought up to date as often as frames come, with 100,000 events a second.
private struct Frames: EventSink {
    var tree = LiveTree()
    private var count = 0

    init() {}

    var wantsRows: Bool { tree.wantsRows }

    mutating func take(_ event: TreeEvent) -> Bool {
        tree.apply(event)
        return settle()
    }

    mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        _ = tree.take(fields, seq: seq, t: t)
        return settle()
    }

    private mutating func settle() -> Bool {
        count += 1
        if count % 1_667 == 0 { tree.settle() }
        return true
    }
}

/// A file as the dashboard goes about in it.
private struct Tape: EventTape, PastEvents, @unchecked Sendable {
    let seeker: SessionSeeker
    let range: Range<Int>

    init?(_ session: SessionFile) {
        guard let seeker = session.seeker() else { return nil }
        self.seeker = seeker
        range = 0..<Int(session.lastSeq)
    }

    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
        guard !positions.isEmpty else { return }
        try? seeker.events(
            from: .seq(UInt64(positions.lowerBound)), to: .seq(UInt64(positions.upperBound)), body)
    }
    func position(at instant: Int64) -> Int { (try? seeker.seq(at: instant)).map { Int($0) } ?? 0 }
    func fold(_ positions: Range<Int>, into tree: inout LiveTree) {
        try? seeker.fold(
            &tree, from: .seq(UInt64(positions.lowerBound)), to: .seq(UInt64(positions.upperBound)))
    }
    func tree(at position: Int, keyframeBehind place: Int, limits: LiveTree.Limits) -> LiveTree? {
        try? seeker.tree(at: .seq(UInt64(position)), limits: limits)
    }
    func events(before position: Int, limit: Int) -> [TreeEvent] { [] }
}
