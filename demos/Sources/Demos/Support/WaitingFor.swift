import TaskTree

extension TaskScope {
    /// Runs the operation, and says meanwhile that it waits for something of this kind and name.
    func waits<T>(
        for kind: String, _ name: String? = nil, deadline: Duration? = nil,
        isolation: isolated (any Actor)? = #isolation, operation: () async throws -> T
    ) async rethrows -> T {
        try await waiting(on: WaitTarget(kind: kind, name: name), deadline: deadline, isolation: isolation, operation)
    }
}
