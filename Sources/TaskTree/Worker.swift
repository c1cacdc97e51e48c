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

/// Does short jobs that are not ours, such as cancellation handlers: when one of them blocks, another thread takes the
/// rest, so that one bad handler does not keep the others from hearing of their cancel.
final class Crew: @unchecked Sendable {
    /// How long a job may take before somebody else goes on, in nanoseconds.
    private static let patience: Int64 = 20_000_000
    private static let mostThreads = 64

    private let name: String
    private let monitor = Monitor()
    // Guarded by the monitor.
    private var jobs: [@Sendable () -> Void] = []
    private var next = 0
    private var threads = 0
    private var idle = 0
    private var done = 0
    private var isWatched = false
    private var isStopped = false

    init(_ name: String) { self.name = name }

    func post(_ more: [@Sendable () -> Void]) {
        guard !more.isEmpty else { return }
        monitor.withLock {
            jobs += more
            if threads == 0 { hire() }
            if !isWatched {
                isWatched = true
                startOwnThread(name + "-w") { [self] in watch() }
            }
            monitor.signal()
        }
    }

    /// The threads end after the jobs that there are.
    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.signal()
        }
    }

    private func hire() {
        threads += 1
        startOwnThread(name) { [self] in work() }
    }

    private func work() {
        monitor.withLock {
            while true {
                while next < jobs.count {
                    let job = jobs[next]
                    next += 1
                    if next == jobs.count {
                        jobs.removeAll(keepingCapacity: jobs.count < 1024)
                        next = 0
                    }
                    monitor.unlocked { job() }
                    done += 1
                }
                // One waits for more; those who were hired to help go.
                if isStopped || idle > 0 { break }
                idle += 1
                monitor.wait()
                idle -= 1
            }
            threads -= 1
        }
    }

    /// Hires when there are jobs and none was done for a while.
    private func watch() {
        monitor.withLock {
            while !isStopped {
                guard next < jobs.count else {
                    monitor.wait()
                    continue
                }
                let before = done
                let until = Monitor.now + Self.patience
                while Monitor.now < until, next < jobs.count { monitor.wait(until: until) }
                if next < jobs.count, done == before, threads < Self.mostThreads { hire() }
            }
        }
    }
}
