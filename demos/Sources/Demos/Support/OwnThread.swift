import Glibc

/// Runs a body on a thread of its own, for what blocks for as long as a child process lives. Its signals stay blocked:
/// they are for the program's own threads.
func startOwnThread(_ body: @escaping @Sendable () -> Void) {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body))
    var thread = pthread_t()
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let result = pthread_create(
        &thread, nil,
        { pointer in
            Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        preconditionFailure("no thread to be had: \(systemMessage(result))")
    }
    pthread_detach(thread)
}
