import Glibc

/// A mutex, and a condition on the monotonic clock for the few places where a thread of our own sleeps.
///
/// Of pthread and not `Synchronization.Mutex`: that hands a contended lock over in the kernel, which is slower, and
/// which the thread sanitizer cannot see.
package final class Monitor: @unchecked Sendable {
    // Both live in memory of their own: pthread needs them never to move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        // What it guards takes well under a microsecond: to spin for a moment beats a visit to the kernel.
        var kind = pthread_mutexattr_t()
        pthread_mutexattr_init(&kind)
        pthread_mutexattr_settype(&kind, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
        pthread_mutex_init(mutex, &kind)
        pthread_mutexattr_destroy(&kind)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func withLock<R>(_ body: () throws -> R) rethrows -> R {
        lock()
        defer { unlock() }
        return try body()
    }

    // For who takes it millions of times a second: a closure that is generic over its result is a slow one to call from
    // another module.
    package func lock() {
        pthread_mutex_lock(mutex)
        #if HOLDS
            heldSince = LockHolds.now
        #endif
    }

    package func unlock() {
        #if HOLDS
            LockHolds.note(LockHolds.now - heldSince)
        #endif
        pthread_mutex_unlock(mutex)
    }

    #if HOLDS
        private var heldSince: Int64 = 0
    #endif

    /// Runs a part of a locked section with the lock open.
    package func unlocked<R>(_ body: () -> R) -> R {
        unlock()
        defer { lock() }
        return body()
    }

    /// Wakes all who wait.
    package func signal() { pthread_cond_broadcast(condition) }

    /// Sleeps until a signal or the instant (monotonic nanoseconds); the lock is held, and open meanwhile.
    package func wait(until instant: Int64? = nil) {
        #if HOLDS
            LockHolds.note(LockHolds.now - heldSince)
            defer { heldSince = LockHolds.now }
        #endif
        guard let instant else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &time)
    }

    /// Blocks this thread for so many nanoseconds, fewer than a second.
    package static func sleep(_ nanoseconds: Int64) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
        nanosleep(&time, nil)
    }

    /// The clock of `wait`, in nanoseconds.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// A value behind a lock.
package final class Lock<Value>: @unchecked Sendable {
    private let monitor = Monitor()
    private var value: Value  // guarded by the monitor

    package init(_ value: Value) { self.value = value }

    package func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
        try monitor.withLock { try body(&value) }
    }
}

/// Starts a thread of its own, outside Swift's pool, so that what it does goes on while every pool thread is blocked.
/// It takes no signals but those of its own faults: the others are for the program's threads.
/// - Returns: false if there is no thread to be had.
package func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    let start = Unmanaged.passRetained(ThreadStart(name, body))
    var blocked = sigset_t()
    var before = sigset_t()
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&blocked, fault) }
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let error = pthread_create(
        &thread, nil,
        { pointer in
            let start = Unmanaged<ThreadStart>.fromOpaque(pointer!).takeRetainedValue()
            start.nameThread()
            start.body()
            return nil
        }, start.toOpaque())
    guard error == 0 else {
        start.release()
        return false
    }
    pthread_detach(thread)
    return true
}

/// What a new thread is to do.
private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    /// So that `top -H` and a debugger can tell the threads apart.
    func nameThread() {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = name.withCString { write(file, $0, min(strlen($0), 15)) }
        close(file)
    }
}
