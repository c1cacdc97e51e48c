import TreeModel

extension Check {
    /// What an engine may do without breaking a promise, and a program should not make it do.
    public enum Wish: String, Sendable, Hashable, CaseIterable {
        /// No lease is dropped unreleased.
        case nothingLeaked = "nothing-leaked"
        /// No task is given up.
        case nothingAbandoned = "nothing-abandoned"
        /// No release overruns its budget.
        case releasesInTime = "releases-in-time"
        /// No release fails.
        case releasesSucceed = "releases-succeed"
    }

    /// Something that broke no promise, and should not be.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        public var wish: Wish
        public var seq: UInt64
        /// When, in nanoseconds since the session began.
        public var t: Int64
        /// The task that it is about, by the names from the root.
        public var path: String
        public var message: String

        /// One line, as a violation's.
        public var description: String {
            "\(Check.place([seq], t, path)): \(message) (\(wish.rawValue))"
        }
    }

    mutating func find(_ wish: Wish, _ message: String, path: String) {
        guard findings.count < Self.mostViolations else { return }
        findings.append(Finding(wish: wish, seq: seq, t: t, path: path, message: message))
    }

    mutating func find(_ outcome: ReleaseOutcome, _ resource: LiveResource, _ error: Failure?) {
        if outcome == .ok { return }
        let says = error.map { ": \($0.message)" } ?? ""
        let path = path(resource.task)
        switch outcome {
        case .ok: break
        case .leaked: find(.nothingLeaked, "\(resource.name) leaked\(says)", path: path)
        case .timedOut: find(.releasesInTime, "the release of \(resource.name) timed out\(says)", path: path)
        case .failed: find(.releasesSucceed, "the release of \(resource.name) failed\(says)", path: path)
        }
    }

    /// Where something is, at the beginning of a line: `seq 12, 0.004 s, orders/http`.
    static func place(_ seqs: [UInt64], _ t: Int64, _ path: String?) -> String {
        let place = "seq \(seqs.map(String.init).joined(separator: ", ")), \(Amounts.seconds(t))"
        return "\(place)\(path.map { ", \($0)" } ?? "")"
    }
}
