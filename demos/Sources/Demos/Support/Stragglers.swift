import TaskTree

extension TreeEngine {
    /// Waits for tasks that were abandoned and come home as soon as what they waited for is gone, and for what they give
    /// back then; half a second at most, since others may never come.
    func waitForStragglers() async {
        guard abandonedInAll > 0 else { return }
        for _ in 0..<50 where !abandoned.isEmpty { try? await Task.sleep(for: .milliseconds(10)) }
        // Nothing says when the last of what they give back is given back.
        try? await Task.sleep(for: .milliseconds(50))
    }
}
