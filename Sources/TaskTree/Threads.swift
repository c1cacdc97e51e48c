import Glibc

/// Starts a thread of its own, outside Swift's pool, so that what it does goes on while every pool thread is blocked.
func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
        /// So that `top -H` and a debugger can tell the threads apart.
        func nameThread() {
            let file = open("/proc/thread-self/comm", O_WRONLY)
            guard file >= 0 else { return }
            _ = name.withCString { write(file, $0, min(strlen($0), 15)) }
            close(file)
        }
    }
    let start = Unmanaged.passRetained(Start(name, body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { pointer in
            let start = Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue()
            start.nameThread()
            start.body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        preconditionFailure("no thread to be had: \(String(cString: strerror(result)))")
    }
    pthread_detach(thread)
}

/// A mutex, and a condition on the monotonic clock for the few places where a thread of our own sleeps.
///
/// Of pthread and not `Synchronization.Mutex`: that hands a contended lock over in the kernel, which is slower, and
/// which the thread sanitizer cannot see.
final class Monitor: @unchecked Sendable {
    // Both live in memory of their own: pthread needs them never to move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
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

    func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    func signal() { pthread_cond_broadcast(condition) }

    /// Sleeps until a signal or the instant (monotonic nanoseconds); the lock is held.
    func wait(until instant: Int64?) {
        guard let instant else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &time)
    }
}

/// Does jobs one after the other on a thread of its own; the thread ends when the worker is gone.
final class Worker: @unchecked Sendable {
    private let monitor = Monitor()
    private var jobs: [@Sendable () -> Void] = []  // guarded by the monitor
    private var stopped = false  // guarded by the monitor

    init(_ name: String) {
        startThread(name) { [self] in
            while let batch = next() {
                for job in batch { job() }
            }
        }
    }

    func post(_ job: @escaping @Sendable () -> Void) {
        monitor.withLock {
            jobs.append(job)
            monitor.signal()
        }
    }

    /// The thread ends after the jobs that it has.
    func stop() {
        monitor.withLock {
            stopped = true
            monitor.signal()
        }
    }

    private func next() -> [@Sendable () -> Void]? {
        monitor.withLock {
            while jobs.isEmpty {
                if stopped { return nil }
                monitor.wait(until: nil)
            }
            defer { jobs.removeAll(keepingCapacity: jobs.count < 64) }
            return jobs
        }
    }
}
