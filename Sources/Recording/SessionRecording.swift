import EventBus
import Glibc

/// Records a session to wherever its user says: to a file, mapped into memory where that is safe; else it is written, to a
/// pipe or to a file on a network, at most a tenth of a second after it happened.
///
/// Whatever becomes of the recording, the log and its program go on.
public final class SessionRecording: Sendable {
    public let path: String
    private let keeping: Keeping
    private let kind: Kind
    private let patience: Int64

    private enum Kind {
        /// And what copies the log to it; without that it is the log's own.
        case mapped(MappedStore, LogCopy?)
        /// And whether it is a file, with its descriptor.
        case written(StreamStore, LogCopy, file: Int32?)
    }

    /// What became of a recording.
    public struct Outcome: Sendable {
        /// Where it is; nil if nothing is left of it.
        public var path: String?
        /// Why it failed, in one line.
        public var failure: String?
        /// What else is to be said of it, in one line: where it went, why it was kept or not.
        public var note: String?
    }

    /// Opens what is recorded to. A file must not exist; a pipe needs a reader.
    /// - Parameter redaction: what is blacked out before anything is written, so that it never leaves the memory of this
    ///   process. Texts are looked through off the log, which stays as it is: what was appended a moment before the program
    ///   is killed may be missing. It must not be used for anything else from here on.
    /// - Throws: `SessionError` `cannotCreate`.
    public convenience init(
        to path: String, for session: SessionInfo, keeping: Keeping = .everything, redaction: Redaction? = nil
    ) throws(SessionError) {
        try self.init(
            to: path, for: session, keeping: keeping, redaction: redaction, allowsMapping: FileSystem.allowsMapping)
    }

    /// - Parameter patience: how long the end waits for what takes nothing, in nanoseconds.
    init(
        to path: String, for session: SessionInfo, keeping: Keeping = .everything, redaction: Redaction? = nil,
        patience: Int64 = LogCopy.patience, allowsMapping: (Int32) -> Bool
    ) throws(SessionError) {
        self.path = path
        self.keeping = keeping
        self.patience = patience
        let header = redaction.edited(session)
        func written(_ file: Int32, _ occasions: [Occasion]) -> (StreamStore, LogCopy) {
            let store = StreamStore(file, FileHeader.encode(header))
            return (store, LogCopy(of: header, to: store, isWritten: true, occasions, redaction))
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            let (store, copy) = written(try Self.open(path, status, keeping), [])
            kind = .written(store, copy, file: nil)
            return
        }
        let file = try MappedStore.create(path)
        if allowsMapping(file) {
            let store = try MappedStore(file, path, for: header, keeping: keeping)
            // The store itself looks for what it is kept for.
            kind = .mapped(store, redaction.map { LogCopy(of: header, to: store, isWritten: false, [], $0) })
        } else if keeping.isPartial {
            close(file)
            unlink(path)
            throw Self.error(path, "only the last part of a session can be kept on a local disk only")
        } else {
            let (store, copy) = written(file, keeping.occasions)
            kind = .written(store, copy, file: file)
        }
    }

    /// Opens what is no regular file.
    private static func open(_ path: String, _ status: stat, _ keeping: Keeping) throws(SessionError) -> Int32 {
        guard status.st_mode & S_IFMT != S_IFDIR else { throw error(path, "it is a directory: name a file in it") }
        if keeping != .everything {
            throw error(path, "it is no file: what is written there stays, all of it; record to a file")
        }
        let file = Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else {
            if errno == ENXIO { throw error(path, "nobody reads it: start its reader first") }
            throw MappedStore.error(path, errno)
        }
        let isTerminal = isatty(file) != 0
        guard !isTerminal, !isStandardOutput(status) else {
            close(file)
            throw error(
                path, isTerminal ? "it is a terminal: record to a file" : "it is standard output: record to a file")
        }
        return file
    }

    /// Whether it is the pipe that standard output leads to, which has lines.
    private static func isStandardOutput(_ status: stat) -> Bool {
        var own = stat()
        return status.st_mode & S_IFMT == S_IFIFO && fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == status.st_dev
            && own.st_ino == status.st_ino
    }

    private static func error(_ path: String, _ words: String) -> SessionError {
        SessionError(.cannotCreate, "cannot record to \(path): \(words)")
    }

    // MARK: The log

    /// A new log that is recorded here. Once.
    public func makeLog(_ session: SessionInfo) -> EventLog {
        switch kind {
        case .mapped(let store, nil): return EventLog(session, store: store, retaining: keeping.retaining)
        case .mapped(_, let copy?), .written(_, let copy, _):
            let log = EventLog(session)
            copy.follow(log)
            return log
        }
    }

    /// Why nothing is recorded any more, in one line; nil as long as all is well.
    public var failure: String? {
        switch kind {
        case .mapped(let store, _): store.failure
        case .written(let store, _, _): store.failure.map { ended($0) }
        }
    }

    private func ended(_ words: String) -> String { "recording to \(path) ended: \(words)" }

    /// Says what became of it, once its log has ended. Waits for a reader of a pipe, and for texts to be blacked out, but
    /// no longer than two seconds in which nothing comes of it.
    public func end() -> Outcome {
        switch kind {
        case .mapped(let store, let copy):
            let rest = copy?.end(patience: patience)
            var outcome = Outcome(path: store.currentPath, failure: store.failure ?? rest?.failure.map { ended($0) })
            judge(&outcome, store.occasion, isDiscarded: store.isDiscarded)
            return outcome
        case .written(let store, let copy, let file):
            let rest = copy.end(patience: patience)
            if rest.failure != nil { store.giveUp() }
            var outcome = Outcome(failure: failure ?? rest.failure.map { ended($0) })
            guard let file else { return outcome }
            outcome.path = FileName.current(file, path)
            let isDiscarded = !keeping.occasions.isEmpty && rest.found == nil && outcome.failure == nil
            if isDiscarded, let path = outcome.path { unlink(path) }
            judge(&outcome, rest.found.map { ($0.occasion, $0.seq, $0.t) }, isDiscarded: isDiscarded)
            return outcome
        }
    }

    private func judge(
        _ outcome: inout Outcome, _ found: (occasion: Occasion, seq: UInt64, t: Int64)?, isDiscarded: Bool
    ) {
        if let found {
            let place = "\(found.occasion.happened) at seq \(found.seq), \(Amounts.seconds(found.t))"
            outcome.note = "\(outcome.path ?? path) was kept: \(place)"
        } else if isDiscarded {
            outcome.path = nil
            let wanted = keeping.occasions.map(\.word).joined(separator: ", ")
            outcome.note = "\(path) was not kept: nothing of \(wanted) came up"
        } else if let now = outcome.path, now != path, outcome.failure == nil {
            outcome.note = "\(path) was renamed meanwhile: the recording is in \(now)"
        }
    }
}
