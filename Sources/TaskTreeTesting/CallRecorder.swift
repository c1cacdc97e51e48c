import EventBus
import TaskTree

/// Writes down what is called on fake resources, across all that share it, in the order in which it happened.
public final class CallRecorder: Sendable {
    public struct Call: Sendable, CustomStringConvertible {
        public enum Step: Sendable { case open, opened, failedToOpen, release, released, failedToRelease }
        public let resource: String
        public let step: Step
        /// What a release was told.
        public let context: ReleaseContext?
        /// Whether the Swift task that made the call was cancelled. A release never sees that.
        public let sawCancel: Bool

        /// `open db`, `opened db`, `open db failed`, `release db`, `released db`, `release db failed`.
        public var description: String {
            switch step {
            case .open: "open \(resource)"
            case .opened: "opened \(resource)"
            case .failedToOpen: "open \(resource) failed"
            case .release: "release \(resource)"
            case .released: "released \(resource)"
            case .failedToRelease: "release \(resource) failed"
            }
        }
    }
    private let recorded = Lock<[Call]>([])

    public init() {}

    /// All calls so far.
    public var calls: [Call] { recorded.withLock { $0 } }

    /// The same as words, to be compared with a list.
    public var words: [String] { calls.map(\.description) }

    /// Their releases, in the order in which they began.
    public var releases: [String] { calls.filter { $0.step == .release }.map(\.resource) }

    func record(_ step: Call.Step, of resource: String, _ context: ReleaseContext? = nil) {
        let call = Call(resource: resource, step: step, context: context, sawCancel: Task.isCancelled)
        recorded.withLock { $0.append(call) }
    }

    /// Asserts that what was opened was released, as often as it was opened, after it, and un-cancelled.
    /// - Throws: `UnevenCalls`, which says what was not.
    public func expectReleasedOnce() throws {
        var open: [String: Int] = [:]
        var faults: [String] = []
        for call in calls {
            switch call.step {
            case .opened: open[call.resource, default: 0] += 1
            case .release:
                open[call.resource, default: 0] -= 1
                if open[call.resource, default: 0] < 0 {
                    faults.append("\(call.resource) was released and was not open")
                }
                if call.sawCancel { faults.append("the release of \(call.resource) saw the cancel of its task") }
            case .open, .failedToOpen, .released, .failedToRelease: break
            }
        }
        for (name, count) in open.sorted(by: { $0.key < $1.key }) where count > 0 {
            faults.append("\(name) was not released")
        }
        if !faults.isEmpty { throw UnevenCalls(faults: faults, calls: words) }
    }
}

/// Fake resources that were not released once each.
public struct UnevenCalls: Error, Hashable, CustomStringConvertible {
    public let faults: [String]
    public let calls: [String]
    public var description: String { "\(faults.joined(separator: "; ")) (\(calls.joined(separator: ", ")))" }
}
