import EventBus
import Recording
import TaskTree
import TreeModel

/// Promises that a log does not hold, each with its events.
public struct BrokenPromises: Error, CustomStringConvertible {
    public let verdict: Check.Verdict
    /// The events that the violations name, in the order of the log.
    public let events: [TreeEvent]

    /// A line for each broken promise, then the events that break it as JSON Lines.
    public var description: String {
        var lines: [String] = []
        let writer = JSONLinesWriter()
        for violation in verdict.violations {
            lines.append(violation.description)
            lines += events.filter { violation.seqs.contains($0.seq) }.map { "    \(writer.line($0))" }
        }
        if verdict.furtherViolations > 0 { lines.append("and \(verdict.furtherViolations) more") }
        lines += verdict.reasons
        return lines.joined(separator: "\n")
    }
}

/// Holds a log against all of the engine's promises, as `treetop check` does with a session: each task finishes once and
/// after its children, each resource is released once and in order, a cascade marks all of its subtree before anything
/// of it is released, and so on.
/// - Parameter isOver: whether the log is to have ended. If not, what is still open is no fault.
/// - Throws: `BrokenPromises`, which names each broken promise and its events by `seq`.
@discardableResult
public func expectPromises(of log: EventLog, isOver: Bool = true) throws -> Check.Verdict {
    var events: [TreeEvent] = []
    log.makeReader().read { events.append($0) }
    let verdict = Check.verdict(of: events)
    let isBroken = isOver ? verdict.result != .holds : verdict.result == .violated
    guard isBroken else { return verdict }
    let named = Set(verdict.violations.flatMap(\.seqs))
    throw BrokenPromises(verdict: verdict, events: events.filter { named.contains($0.seq) })
}

extension WatchedTree {
    /// Ends the session, and holds all that happened against the promises: the last line of a test.
    ///
    /// What is still alive then breaks one: nothing may outlive the run of a tree but what was abandoned.
    /// - Throws: `BrokenPromises`.
    @discardableResult
    public func promises() throws -> Check.Verdict {
        engine.endSession(.finished)
        return try expectPromises(of: log)
    }
}
