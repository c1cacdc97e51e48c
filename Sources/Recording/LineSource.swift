import EventBus
import FoundationEssentials
import TreeModel

/// Reads the events of JSON Lines, a line at a time.
struct LineSource {
    /// No line is longer.
    private static let longestLine = 64 << 20
    private static let block = 256 << 10

    private let file: InputFile
    private var offset: Int
    private var buffer: [UInt8] = []
    private var position = 0
    /// The number of the last line that was read, from 1.
    private(set) var line: Int
    private let decoder = JSONDecoder()
    private(set) var summary = ReadSummary()

    init(_ file: InputFile, offset: Int = 0, line: Int = 0) {
        self.file = file
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
        while let bytes = try nextLine() {
            switch try parse(bytes) {
            case .item(let item, let hasUnknownFields):
                if hasUnknownFields { summary.unknownFields += 1 }
                switch item {
                case .event(let event):
                    summary.events += 1
                    if case .gap(let gap) = event.change { summary.lostEvents &+= gap.lost }
                case .unknown: summary.unknownEvents += 1
                }
                return item
            case .header: continue
            case .wrong(let what): throw wrong(what)
            case nil: continue
            }
        }
        return nil
    }

    private func wrong(_ what: String) -> SessionError {
        SessionError(.badLine, "\(file.path):\(line): \(what)")
    }

    /// What a line says; nil for a last line that is cut off.
    private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(SessionError) -> JSONLine.Content? {
        do { return try decoder.decode(JSONLine.self, from: Data(bytes)).content } catch {
            if isAtEnd, bytes.endIndex == buffer.endIndex {
                summary.isCutOff = true
                summary.lostBytes += bytes.count
                return nil
            }
            throw wrong("this is no JSON object")
        }
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
                line += 1
                throw wrong("this line is longer than \(Self.longestLine >> 20) MiB")
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
