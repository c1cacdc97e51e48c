import EventBus
import Recording
import TreeModel

/// What is fed inputs that nobody vouches for, and what must be so of each whatever it is. Nothing may trap.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// A session file, read in each way, as it is and with checksums that are right.
    case session
    /// JSON Lines, read in each way, and written again.
    case lines
    /// The events of a session file, asked for with conditions that the first bytes say.
    case query

    /// What is not as it must be; nil if all is well.
    public func problem(with input: [UInt8], _ scratch: ScratchFile) -> String? {
        do {
            switch self {
            case .session:
                try Self.session(input, scratch)
                // Else a wrong checksum would hide nearly all that inputs say.
                try Self.session(Unsealed.bytes(input), scratch)
            case .lines: try Self.lines(input, scratch)
            case .query: try Self.query(input, scratch)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private static func require(_ isSo: Bool, _ what: String) throws {
        if !isSo { throw Wrong(description: "it is not so that \(what)") }
    }

    /// What came of reading a file in one way.
    private struct Reading {
        var events: [TreeEvent] = []
        var summary = ReadSummary()
        var error: SessionError?
        var session: SessionFile?

        init(_ path: String, _ recovery: Recovery?) throws {
            do throws(SessionError) {
                let file = try SessionFile(path, recovery: recovery)
                session = file
                let reader = file.events()
                while let item = try reader.next() {
                    if case .event(let event) = item { events.append(event) }
                }
                summary = reader.summary
            } catch {
                self.error = error
            }
            let said = (error.map { [$0.message] } ?? []) + summary.lines
            try require(said.allSatisfy { !$0.isEmpty && !$0.contains("\n") }, "what is said is in lines")
        }
    }

    private static func session(_ input: [UInt8], _ scratch: ScratchFile) throws {
        scratch.hold(input)
        let salvage = try Reading(scratch.path, .salvage)
        guard salvage.session?.format == .binary else { return }
        let prefix = try Reading(scratch.path, .prefix)
        let strict = try Reading(scratch.path, .strict)
        try require(salvage.error == nil && prefix.error == nil, "a file that can be opened can be read")
        try require(
            (strict.error == nil) == salvage.summary.damages.isEmpty, "strict refuses what is damaged and nothing else")
        if strict.error == nil {
            try require(strict.events == salvage.events && prefix.events == salvage.events, "they read the same")
        }
        try require(prefix.summary.damages.first == salvage.summary.damages.first, "they find the same damage first")
        // All that a prefix has is where salvage has it, but for the gap at its end.
        let isGap = prefix.events.last?.change.kind == .gap
        try require(
            salvage.events.starts(with: isGap ? prefix.events.dropLast() : prefix.events[...]),
            "a prefix is the beginning of what is salvaged")
        fold(salvage)
    }

    /// Everything that reads events takes any.
    private static func fold(_ reading: Reading) {
        guard let file = reading.session else { return }
        var tree = LiveTree()
        var writer = JSONLinesWriter()
        writer.begin(file.session)
        for event in reading.events {
            tree.apply(event)
            writer.write(event)
        }
        tree.settle()
        _ = tree.snapshotRows()
        _ = Check.verdict(of: reading.events)
        _ = try? Report.summary(of: file)
    }

    private static func lines(_ input: [UInt8], _ scratch: ScratchFile) throws {
        scratch.hold(input)
        let usual = try Reading(scratch.path, nil)
        guard let file = usual.session, file.format == .jsonLines else { return }
        let salvage = try Reading(scratch.path, .salvage)
        let prefix = try Reading(scratch.path, .prefix)
        let strict = try Reading(scratch.path, .strict)
        try require(salvage.error == nil && prefix.error == nil, "bad lines are passed over where that is asked for")
        try require(
            (strict.error == nil) == (usual.error == nil && !usual.summary.isCutOff), "strict refuses a cut as well")
        try require(strict.error == nil || !salvage.summary.damages.isEmpty, "what is passed over is said")
        if strict.error == nil { try require(strict.events == salvage.events, "they read the same") }
        fold(salvage)
        guard usual.error == nil else { return }
        var writer = JSONLinesWriter()
        writer.begin(file.session)
        for event in usual.events { writer.write(event) }
        scratch.hold(writer.take())
        try require(try Reading(scratch.path, .strict).events == usual.events, "lines say what they were written from")
    }

    private static func query(_ input: [UInt8], _ scratch: ScratchFile) throws {
        guard input.count > 16 else { return }
        var query = EventQuery()
        let text = String(decoding: input[1..<12], as: UTF8.self)
        if input[0] & 1 != 0 { query.kinds = [text, "task.*"] }
        if input[0] & 2 != 0 { query.task = TaskID(UInt64(input[12])) }
        if input[0] & 4 != 0 { query.names = text.split(separator: ",").map { String($0) } }
        if input[0] & 8 != 0 { query.texts = [text] }
        if input[0] & 16 != 0 { query.from = Int64(input[13]) << 40 }
        if input[0] & 32 != 0 { query.to = Int64(input[14]) << 56 }
        scratch.hold(Unsealed.bytes(Array(input[16...])))
        var picked = 0
        let events = try Reading(scratch.path, .salvage).events
        for event in events where query.picks(event) { picked += 1 }
        try require(query.kinds.isEmpty || picked <= events.count, "no event is picked that is not there")
    }
}

/// A session file whose checksums are right: that of its header is made so, and no chunk is sealed.
private enum Unsealed {
    static func bytes(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for place in stride(from: 0, to: bytes.count - 8, by: 8)
        where bytes[place..<place + 4].elementsEqual("CHNK".utf8) {
            bytes[place + 5] &= 0xFE
        }
        guard bytes.count >= 36 else { return bytes }
        let length = bytes[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard (36...bytes.count).contains(length) else { return bytes }
        let crc = checksum(bytes[..<(length - 4)])
        for index in 0..<4 { bytes[length - 4 + index] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(index))) }
        return bytes
    }

    /// CRC-32C, as `FORMAT.md` says.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0x82F6_3B78) }
        }
        return ~crc
    }
}
