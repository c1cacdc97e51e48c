import Recording
import TaskTreeTesting
import Testing

extension WatchedTree {
    /// Ends the session, and holds its log against the promises.
    func expectPromises(_ location: SourceLocation = #_sourceLocation) throws {
        engine.endSession(.finished)
        var check = Check()
        for event in events { check.apply(event) }
        let verdict = check.verdict()
        #expect(verdict.result == .holds, "\(verdict.violations) \(verdict.reasons)", sourceLocation: location)
    }
}
