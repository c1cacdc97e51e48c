import TaskTree

extension TaskScope {
    /// Has this task own a value that is open already: a connection that came in, a process whose name has its number.
    /// If the task takes nothing any more, the value is given back here.
    /// - Throws: `ScopeClosed`.
    @discardableResult
    func adopt<T: Sendable>(
        _ name: String, kind: String, budget: Duration? = nil, _ value: T,
        release: @escaping @Sendable (T) async throws -> Void
    ) async throws -> Held<T> {
        do {
            return try own(name, kind: kind, budget: budget, value) { value, _ in try await release(value) }
        } catch {
            // Shielded: the task may be cancelled, the way back is not.
            _ = await Task.immediate { try? await release(value) }.value
            throw error
        }
    }

    /// Ends a body: once its task is cancelled, what it throws because of that counts as the cancel, be it a closed
    /// socket or a scope that takes nothing any more.
    func heedingCancel<T>(_ body: () async throws -> T) async throws -> T {
        do {
            let value = try await body()
            try checkCancelled()
            return value
        } catch let error as any OutlastsCancel {
            throw error
        } catch {
            try checkCancelled()
            throw error
        }
    }
}

/// An error that is a failure although its task was cancelled: something went wrong on the way out.
protocol OutlastsCancel: Error {}
