import EventBus
import Glibc

@testable import Recording

/// A pipe and its reader, which takes nothing until it is started.
final class PipeReader: Sendable {
    private let file: Int32
    private let said = Lock<[UInt8]>([])

    /// Makes the pipe.
    init(_ path: String) {
        mkfifo(path, 0o600)
        file = open(path, O_RDONLY | O_NONBLOCK)
    }

    deinit { close(file) }

    /// Reads, on a thread of its own, until the pipe's writer is gone.
    func start() {
        _ = startThread("reader") { [self] in
            _ = fcntl(file, F_SETFL, 0)
            var block = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = read(file, &block, block.count), count > 0 {
                said.withLock { $0 += block[..<count] }
            }
        }
    }

    /// Puts what came into a file, once that is all of a session.
    func save(_ path: String) {
        repeat {
            write(said.withLock { $0 }, to: path)
        } while (try? SessionFile(path).isComplete) != true
    }
}
