import Glibc
import Synchronization
import TreeModel

/// The signals' way into a program's trees, for the one owner of signals that a program has: the first SIGINT, SIGTERM
/// or SIGHUP shuts down, the second cancels now, the third exits at once with 128 + its number.
///
/// Opt-in: an engine by itself handles no signal.
public final class SignalLadder: Sendable {
    /// The write end of the pipe that the handlers write to; set before any handler is installed.
    private static let pipe = Atomic<Int32>(-1)

    private let last = Atomic<Int32>(0)

    /// The signal that came last, or nil.
    public var signal: Int32? {
        let number = last.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Installs the handlers. They stay until the process ends.
    /// - Parameters:
    ///   - engine: whose trees are shut down.
    ///   - beforeExit: called on the third, before the process exits: gives the terminal back.
    public init(
        _ engine: TreeEngine, signals: [Int32] = [SIGINT, SIGTERM, SIGHUP],
        beforeExit: @escaping @Sendable () -> Void
    ) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        Self.pipe.store(writeEnd, ordering: .sequentiallyConsistent)
        for signal in signals { Self.install(signal) }
        Self.unblock(signals)
        startOwnThread("treetop-signal") { [self] in
            var count = 0
            var number: UInt8 = 0
            while true {
                let got = read(readEnd, &number, 1)
                guard got == 1 || (got < 0 && errno == EINTR) else { return }
                guard got == 1 else { continue }
                count += 1
                last.store(Int32(number), ordering: .releasing)
                if count >= 3 {
                    beforeExit()
                    _exit(128 + Int32(number))
                }
                engine.shutDown(cause: Cause(.signal, by: Self.name(Int32(number))))
            }
        }
    }

    private static func install(_ signal: Int32) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(SignalLadder.pipe.load(ordering: .relaxed), &byte, 1)
            errno = saved
        }
        action.sa_flags = SA_RESTART
        sigemptyset(&action.sa_mask)
        sigaction(signal, &action, nil)
    }

    /// A program may be started with signals blocked; its owner of signals wants them.
    private static func unblock(_ signals: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// The signal as people write it.
    public static func name(_ signal: Int32) -> String {
        switch signal {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        case SIGHUP: "SIGHUP"
        case SIGQUIT: "SIGQUIT"
        default: "signal \(signal)"
        }
    }
}
