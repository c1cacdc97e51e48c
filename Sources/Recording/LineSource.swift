import EventBus
import FoundationEssentials
import TreeModel

/// Reads the events of JSON Lines, a line at a time.
struct LineSource {
    /// No line is longer.
    private static let longestLine = 4 << 20
    private static let block = 256 << 10
    /// No event has more: a list has at most 65,536, each of two.
    private static let mostItems = 150_000

    private let file: InputFile
    private let recovery: Recovery?
    private var offset: Int
    private var buffer: [UInt8] = []
    private var position = 0
    /// The number of the last line that was read, from 1.
    private(set) var line: Int
    private let decoder = JSONDecoder()
    private(set) var summary = ReadSummary()
    /// The `seq` that the next event should have, once one was read, and what waits behind the gap before it.
    private var due: UInt64?
    private var pending: SessionItem?

    init(_ file: InputFile, offset: Int = 0, line: Int = 0, recovery: Recovery? = nil) {
        self.file = file
        self.recovery = recovery
        self.offset = offset
        self.line = line
    }

    /// Reads the first line.
    /// - Throws: when it does not describe a session of this version.
    mutating func header() throws(SessionError) -> SessionInfo {
        guard let bytes = try nextLine() else { throw notASession }
        switch try parse(bytes) {
        case .header(JSONLinesWriter.version, let session): return session
        case .header(let version, _):
            throw SessionError(
                .newerVersion,
                "\(file.path) has lines of version \(version); this program reads version "
                    + "\(JSONLinesWriter.version): use a newer one")
        case .item, .wrong: throw notASession
        case nil: throw SessionError(.cutOff, "\(file.path) is cut off inside its first line: no event is in it")
        }
    }

    private var notASession: SessionError {
        SessionError(.notASession, "\(file.path) is not a session: its first line is not {\"treetop\":1,…}")
    }

    mutating func read() throws(SessionError) -> SessionItem? {
        if let item = pending {
            pending = nil
            return note(item)
        }
        while let bytes = try nextLine() {
            switch try parse(bytes) {
            case .item(let item, let hasUnknownFields):
                if hasUnknownFields { summary.unknownFields += 1 }
                guard let gap = gap(before: item) else { return note(item) }
                pending = item
                return gap
            case .header: continue
            case .wrong(let what): try pass(bytes, what)
            case nil: continue
            }
        }
        return nil
    }

    private mutating func note(_ item: SessionItem) -> SessionItem {
        switch item {
        case .event(let event):
            let places = ChunkDecoder.places(event.change.kind, of: event.change)
            if places > 0 { due = event.seq &+ places }
            summary.events += 1
            if case .gap(let gap) = event.change { summary.lostEvents &+= gap.lost }
        case .unknown(let seq, _):
            due = seq &+ 1
            summary.unknownEvents += 1
        }
        return item
    }

    /// What is missing before an event because of lines that were passed over.
    private mutating func gap(before item: SessionItem) -> SessionItem? {
        guard !summary.damages.isEmpty, let due, case .event(let event) = item, event.seq > due,
            ChunkDecoder.places(event.change.kind, of: event.change) > 0
        else { return nil }
        summary.lostEvents &+= event.seq - due
        return .event(TreeEvent(seq: due, t: event.t, change: .gap(TreeEvent.Gap(lost: event.seq - due))))
    }

    /// Passes over a line that is no event, if that is asked for, and over all that follows where only a prefix is.
    private mutating func pass(_ bytes: ArraySlice<UInt8>, _ what: String) throws(SessionError) {
        switch recovery {
        case .strict, nil: throw wrong(what)
        case .prefix:
            summary.lose(bytes: bytes.count + (buffer.count - position) + max(0, file.size - offset))
            position = buffer.count
            offset = file.size
            summary.isPrefix = true
        case .salvage: summary.lose(bytes: bytes.count)
        }
        summary.note(Damage(.line(line), what))
    }

    private func wrong(_ what: String) -> SessionError {
        SessionError(.badLine, "\(file.path):\(line): \(what)")
    }

    /// What a line says; nil for a last line that is cut off.
    private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(SessionError) -> JSONLine.Content? {
        // A parser takes many times the memory of what it is given.
        if bytes.count > Self.mostItems, Self.items(bytes) > Self.mostItems {
            return .wrong("this line has more items than an event can have")
        }
        do { return try decoder.decode(JSONLine.self, from: Data(bytes)).content } catch {
            if isAtEnd, bytes.endIndex == buffer.endIndex {
                if recovery == .strict { throw wrong("the file is cut off in this line") }
                summary.isCutOff = true
                summary.lose(bytes: bytes.count)
                summary.note(.cutOff(.line(line)))
                return nil
            }
            return .wrong("this is no JSON object")
        }
    }

    /// How many commas there are outside of strings.
    private static func items(_ bytes: ArraySlice<UInt8>) -> Int {
        var (count, isString, isEscaped) = (0, false, false)
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isString.toggle()
            } else if byte == UInt8(ascii: ","), !isString {
                count += 1
            }
        }
        return count
    }

    private var isAtEnd: Bool { offset >= file.size && position >= buffer.count }

    /// The next line that is not blank, without its newline.
    private mutating func nextLine() throws(SessionError) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let newline = buffer[searched...].firstIndex(of: 0x0A) {
                let bytes = buffer[position..<newline]
                position = newline + 1
                line += 1
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                    searched = position
                    continue
                }
                return bytes
            }
            guard offset < file.size else {
                let bytes = buffer[position...]
                position = buffer.count
                line += 1
                return bytes.isEmpty ? nil : bytes
            }
            guard buffer.count - position <= Self.longestLine else {
                guard recovery == .prefix || recovery == .salvage else {
                    line += 1
                    throw wrong("this line is longer than \(Self.longestLine >> 20) MiB")
                }
                // The rest of it is no event either, and is passed over as such.
                summary.lose(bytes: buffer.count - position)
                (buffer, position, searched) = ([], 0, 0)
                continue
            }
            buffer.removeFirst(position)
            position = 0
            searched = buffer.count
            let more = try file.bytes(at: offset, count: Self.block)
            if more.isEmpty { offset = file.size }
            offset += more.count
            buffer += more
        }
    }
}
