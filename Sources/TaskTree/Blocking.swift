extension TaskScope {
    /// Runs a call that blocks (a `flock`, a slow disk, a C library) on a thread of its own, so that however long it
    /// blocks, no thread of Swift's pool does.
    ///
    /// Nothing can end such a call from outside. When this task is cancelled meanwhile, the call is waited for all the
    /// same; past its grace the task is named as overdue and then abandoned. Inside the opening part of an `acquire`,
    /// what the call brings home late is released.
    /// - Throws: what the call throws.
    public func blocking<T: Sendable>(_ name: String, _ call: @escaping @Sendable () throws -> T) async throws -> T {
        try await withUnsafeThrowingContinuation { continuation in
            startOwnThread(name) { continuation.resume(with: Result { try call() }) }
        }
    }
}
