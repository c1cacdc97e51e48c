import Glibc
import Synchronization

/// Set when a page of a mapped file could not be had.
final class FaultFlag: Sendable {
    nonisolated(unsafe) private let raised = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)

    init() { raised.initialize(to: Atomic(0)) }
    deinit { raised.deallocate() }

    var isRaised: Bool { raised.pointee.load(ordering: .acquiring) != 0 }
    fileprivate var address: UInt { UInt(bitPattern: raised) }
}

/// Keeps the fault of a page of a recording from ending the program: where the file was cut short by somebody else, its
/// disk fails or has no room for a copy, an access to the mapping raises SIGBUS. Then plain memory takes the mapping's
/// place, the access goes on there, and a flag tells the store. Faults elsewhere go to whoever had the signal before.
enum FaultGuard {
    /// A stretch of memory that is watched. The end is 0 where there is none.
    private struct Entry: ~Copyable {
        let start = Atomic<UInt>(0)
        let end = Atomic<UInt>(0)
        let flag = Atomic<UInt>(0)
    }

    /// More mappings than this at once are not watched.
    private static let count = 1024
    /// Allocated before the handler is installed, and never freed.
    nonisolated(unsafe) private static var table: UnsafeMutablePointer<Entry>!
    nonisolated(unsafe) private static var previous = sigaction()
    private static let free = Mutex<[Int]>([])

    /// Installs the handler, once.
    private static let installed: Bool = {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
        for index in 0..<count { (entries + index).initialize(to: Entry()) }
        table = entries
        free.withLock { $0 = Array(0..<count) }
        sigaction(SIGBUS, nil, &previous)
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = { number, info, context in
            FaultGuard.handle(number, info, context)
        }
        action.sa_flags = SA_SIGINFO | Int32(SA_ONSTACK)
        return sigaction(SIGBUS, &action, nil) == 0
    }()

    /// Watches a mapping of whole pages until `unwatch`; nil if there are too many.
    static func watch(_ start: UnsafeMutableRawPointer, _ length: Int, _ flag: FaultFlag) -> Int? {
        guard installed, let index = free.withLock({ $0.popLast() }) else { return nil }
        let begin = UInt(bitPattern: start)
        table[index].start.store(begin, ordering: .relaxed)
        table[index].flag.store(flag.address, ordering: .relaxed)
        table[index].end.store(begin + UInt(length), ordering: .releasing)
        return index
    }

    static func unwatch(_ index: Int) {
        table[index].end.store(0, ordering: .releasing)
        free.withLock { $0.append(index) }
    }

    /// In the signal's handler: nothing but system calls and atomics.
    private static func handle(
        _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
    ) {
        let error = errno
        let address = UInt(bitPattern: info?.pointee._sifields._sigfault.si_addr)
        for index in 0..<count {
            let end = table[index].end.load(ordering: .acquiring)
            let start = table[index].start.load(ordering: .relaxed)
            guard address >= start, address < end else { continue }
            let memory = mmap(
                UnsafeMutableRawPointer(bitPattern: start), Int(end - start), PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
            guard memory != MAP_FAILED else { break }
            let flag = UnsafeMutablePointer<Atomic<Int>>(bitPattern: table[index].flag.load(ordering: .relaxed))
            flag?.pointee.store(1, ordering: .releasing)
            errno = error
            return
        }
        passOn(number, info, context)
    }

    private static func passOn(
        _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
    ) {
        if previous.sa_flags & SA_SIGINFO != 0, let handler = previous.__sigaction_handler.sa_sigaction {
            handler(number, info, context)
        } else if let handler = previous.__sigaction_handler.sa_handler, unsafeBitCast(handler, to: Int.self) > 1 {
            handler(number)
        } else {
            // The access is made again, and ends the program.
            signal(number, SIG_DFL)
        }
    }
}
