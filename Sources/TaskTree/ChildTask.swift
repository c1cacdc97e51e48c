import TreeModel

/// A task that was spawned: to wait for, to read the result of, to cancel alone.
public struct ChildTask<Value: Sendable>: Sendable {
    let node: Node
    let box: ResultBox<Value>

    public var id: TaskID { node.id }
    public var name: String { node.name }

    /// Its result, once it is over: its body, its children and its releases. Any number may ask.
    ///
    /// The wait does not end early when the waiter is cancelled: a child that is cancelled with it ends, too.
    /// - Throws: what its body threw; `TaskFailure` if it failed because a child of it did; `TaskCancelled`;
    ///   `DeadlineExceeded`; `TaskAbandoned`.
    public var value: Value {
        get async throws {
            await join()
            if let error = node.engine.change({ _, _ in node.thrown }) { throw error }
            guard let value = box.value else { throw TaskAbandoned(task: id, name: name) }
            return value
        }
    }

    /// Waits until it is over.
    @discardableResult
    public func join() async -> Outcome {
        await TaskScope(node).waitForChildren(of: [node])
        return node.engine.change { _, _ in node.outcome }
    }

    /// Cancels it and all below it. To its parent that is no failure.
    public func cancel(_ message: String? = nil) {
        node.engine.cancel(id, cause: Cause(.code, by: TaskScope.current?.name, message: message))
    }
}
