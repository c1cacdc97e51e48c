import TreeModel

/// A task that was spawned: to wait for, to read the result of, to cancel alone.
public struct ChildTask<Value: Sendable>: Sendable {
    let node: BodyNode<Value>

    public var id: TaskID { node.id }
    public var name: String { node.name }

    /// Its result, once it is over: its body, its children and its releases. Any number may ask. Where its scope starts it
    /// again, that of the last attempt.
    ///
    /// The wait does not end early when the waiter is cancelled: a child that is cancelled with it ends, too.
    /// - Throws: what its body threw; `TaskFailure` if it failed because a child of it did; `TaskCancelled`;
    ///   `DeadlineExceeded`; `TaskAbandoned`.
    public var value: Value {
        get async throws {
            let last = await lastAttempt()
            if let error = node.engine.look({ last.thrown }) { throw error }
            guard let value = (last as? BodyNode<Value>)?.value else { throw TaskAbandoned(task: last.id, name: name) }
            return value
        }
    }

    /// Waits until it is over, with all attempts that its scope makes.
    @discardableResult
    public func join() async -> Outcome {
        let last = await lastAttempt()
        return node.engine.look { last.outcome }
    }

    private func lastAttempt() async -> Node {
        var attempt: Node = node
        while true {
            await TaskScope(attempt).waitForChildren(of: [attempt])
            guard let next = node.engine.look({ attempt.rare?.successor }) else { return attempt }
            attempt = next
        }
    }

    /// Cancels it and all below it. To its parent that is no failure.
    public func cancel(_ message: String? = nil) {
        node.engine.cancel(id, cause: Cause(.code, by: TaskScope.current?.name, message: message))
    }
}
