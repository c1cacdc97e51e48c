import TaskTree

extension TaskScope {
    /// Has a child `conn-N` for each connection that comes in, which owns it, until the listener takes no more.
    /// - Throws: `ScopeClosed` or `TaskCancelled`; the connection that came then is closed.
    func serve<Message>(
        _ listener: Listener<Message>, _ answer: @escaping @Sendable (TaskScope, Conduit<Message>) async throws -> Void
    ) async throws {
        var number = 0
        for await conduit in listener.accepted {
            number += 1
            do {
                try spawn("conn-\(number)", kind: "conn") { conn in
                    try await conn.heedingCancel {
                        try await conn.adopt(conduit.peer, kind: "socket", conduit) { await $0.close() }
                        try await answer(conn, conduit)
                    }
                }
            } catch {
                await conduit.close()
                throw error
            }
        }
        try checkCancelled()
    }
}
