import EventBus
import Glibc

/// The thread of a mapped store: it has the next chunk ready before it is wanted, and gives finished ones their
/// checksum, so that whoever appends does neither.
///
/// `@unchecked`: all `var`s are guarded by `mutex`.
final class StoreThread: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let mapping: ChunkMapping
    private let largest: Int
    private var thread = pthread_t()
    private var isStarted = false
    /// Where in the file the next chunk begins, and its size.
    private var offset: Int
    private var size: Int
    private var ready: SegmentMemory?
    private var isPreparing = false
    private var wanted = true
    private var finished: [SegmentMemory] = []
    private var isStopping = false
    private var failure: ChunkMapping.Number?
    /// The chunk that was handed out last, and where it begins.
    private var newest: (memory: SegmentMemory, offset: Int)?

    init(_ mapping: ChunkMapping, offset: Int, first: Int, largest: Int) {
        self.mapping = mapping
        self.offset = offset
        // The first chunk ends where a multiple of its size does.
        size = max(first - offset % first, 1024)
        self.largest = largest
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: For the appender

    /// The next chunk, of at least so many bytes. It waits only for a chunk that is under way; if the thread is late it
    /// takes one itself.
    func take(atLeast bytes: Int) -> SegmentMemory? {
        locked {
            while isPreparing { pthread_cond_wait(condition, mutex) }
            let needed = bytes + ChunkMapping.reserve
            if let memory = ready, memory.capacity >= needed {
                ready = nil
                return hand(out: memory)
            }
            // A prepared chunk that is too small gives its place to a larger one.
            ready = nil
            switch mapping.make(offset: offset, length: max(size, (needed + 4095) & ~4095)) {
            case .success(let memory): return hand(out: memory)
            case .failure(let number):
                failure = number
                return nil
            }
        }
    }

    private func hand(out memory: SegmentMemory) -> SegmentMemory {
        newest = (memory, offset)
        offset += memory.capacity
        size = min(largest, max(size, 4096) * 2) & ~4095
        wanted = true
        pthread_cond_broadcast(condition)
        return memory
    }

    /// Takes a chunk that nobody writes to any more.
    func seal(_ memory: SegmentMemory) {
        locked {
            finished.append(memory)
            pthread_cond_broadcast(condition)
        }
    }

    /// Why `take` gave nothing.
    var currentFailure: ChunkMapping.Number? { locked { failure } }

    // MARK: The thread

    func start() {
        let me = Unmanaged.passRetained(self)
        // Signals are for the program's own threads.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let error = pthread_create(
            &thread, nil,
            { argument in
                let me = Unmanaged<StoreThread>.fromOpaque(argument!).takeRetainedValue()
                me.run()
                return nil
            }, me.toOpaque())
        if error != 0 {
            // Without a thread everything is done by the appender, and checksums at the end.
            me.release()
            isStopping = true
        }
        isStarted = error == 0
    }

    /// Ends the thread once it has done what it was given. Returns the chunk that was handed out last.
    func stop() -> (memory: SegmentMemory, offset: Int)? {
        locked {
            isStopping = true
            pthread_cond_broadcast(condition)
        }
        if isStarted { pthread_join(thread, nil) }
        isStarted = false
        return locked {
            for memory in finished { complete(memory) }
            finished = []
            ready = nil
            return newest
        }
    }

    private func run() {
        pthread_mutex_lock(mutex)
        while true {
            if wanted, ready == nil, !isStopping {
                prepare()
            } else if let memory = finished.first {
                finished.removeFirst()
                pthread_mutex_unlock(mutex)
                complete(memory)
                pthread_mutex_lock(mutex)
            } else if isStopping {
                break
            } else {
                pthread_cond_wait(condition, mutex)
            }
        }
        pthread_mutex_unlock(mutex)
    }

    /// Makes the next chunk, with the mutex open meanwhile. A failure is not reported yet: the appender tries again when
    /// it needs the chunk.
    private func prepare() {
        wanted = false
        isPreparing = true
        let place = (offset, size)
        pthread_mutex_unlock(mutex)
        let made = mapping.make(offset: place.0, length: place.1)
        pthread_mutex_lock(mutex)
        if case .success(let memory) = made { ready = memory }
        isPreparing = false
        pthread_cond_broadcast(condition)
    }

    private func complete(_ memory: SegmentMemory) {
        ChunkHeader.complete(UnsafeMutableRawBufferPointer(start: memory.base, count: memory.capacity))
    }
}
