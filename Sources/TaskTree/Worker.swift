import EventBus

/// Does jobs one after the other on a thread of its own; the thread ends when the worker is gone.
final class Worker: @unchecked Sendable {
    private let monitor = Monitor()
    private var jobs: [@Sendable () -> Void] = []  // guarded by the monitor
    private var stopped = false  // guarded by the monitor

    init(_ name: String) {
        startOwnThread(name) { [self] in
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
                monitor.wait()
            }
            defer { jobs.removeAll(keepingCapacity: jobs.count < 64) }
            return jobs
        }
    }
}

/// A thread that must be had: without its own threads an engine could not keep its promises.
func startOwnThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    precondition(startThread(name, body), "no thread is to be had: raise the limit of threads (ulimit -u)")
}
