import Glibc
import NIOPosix
import Synchronization

/// A child process in a process group of its own, with no signal blocked or ignored and none of our descriptors.
///
/// Whoever starts one ends it with `terminate`, which is done when nothing of its group is alive.
final class ChildProcess: Sendable {
    /// How it ended: an exit code, or the signal.
    enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// The program, as it was asked for.
    let program: String
    let pid: pid_t
    /// Open when it has ended and was reaped.
    let ended = Latch<Ending>()
    /// What its standard input is fed from, if we feed it.
    private let input: Mutex<Descriptor?>
    /// Whether it was reaped: from then on its number may be somebody else's.
    private let isReaped = Mutex(false)

    /// Starts a program, found on the path.
    /// - Parameters:
    ///   - arguments: without the program itself.
    ///   - feeding: whether its standard input is to be written to; it is empty otherwise.
    ///   - outputPath: where its standard output goes; nil is to `onOutput` or nowhere.
    ///   - onOutput: called on a thread of its own for whatever it says.
    /// - Throws: `DemoError` if it cannot be started.
    init(
        _ program: String, _ arguments: [String], feeding: Bool = false,
        outputPath: String? = nil, onOutput: (@Sendable ([UInt8]) -> Void)? = nil
    ) throws {
        _ = Self.ignoringBrokenPipes
        var spawn = SpawnRequest()
        defer { spawn.destroy() }
        let fed = feeding ? try Descriptor.pipe() : nil
        defer { fed?.read.close() }
        do {
            let heard = onOutput == nil ? nil : try Descriptor.pipe()
            defer { heard?.write.close() }
            do {
                spawn.setInput(fed?.read)
                spawn.setOutput(heard?.write, outputPath)
                pid = try spawn.start(program, arguments)
            } catch {
                heard?.read.close()
                throw error
            }
            if let heard, let onOutput { Self.listen(to: heard.read, onOutput) }
        } catch {
            fed?.write.close()
            throw error
        }
        self.program = program
        input = Mutex(fed?.write)
        startOwnThread { [self] in reap() }
    }

    /// Writing to a process that is gone is an error then, not our end.
    private static let ignoringBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    private static func listen(to output: Descriptor, _ onOutput: @escaping @Sendable ([UInt8]) -> Void) {
        startOwnThread {
            defer { output.close() }
            while let bytes = try? output.read(upTo: 4096, path: "the output"), !bytes.isEmpty { onOutput(bytes) }
        }
    }

    /// Waits for its end on a thread of its own, then ends what it left behind in its group, and only then gives the
    /// number of the group back.
    private func reap() {
        var info = siginfo_t()
        if retrying({ waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) }) == 0 { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        isReaped.withLock { isReaped in
            _ = retrying { waitpid(pid, &status, 0) }
            isReaped = true
        }
        closeInput()
        let signal = status & 0x7f
        ended.open(.success(signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)))
    }

    /// Writes to its standard input.
    /// - Throws: `DemoError` if it is gone.
    func feed(_ text: String) throws {
        try input.withLock { try $0?.write(text, path: "to \(program) \(pid)") }
    }

    /// Tells it that no more input comes.
    func closeInput() {
        input.withLock { input in
            input?.close()
            input = nil
        }
    }

    /// Sends a signal to its group.
    func send(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { _ = kill(-pid, signal) }
        }
    }

    /// Asks it to end, has it killed if it has not after a while, and returns when it was reaped.
    func terminate(patience: Duration = .milliseconds(500)) async {
        guard !ended.isOpen else { return }
        send(SIGTERM)
        let nanoseconds =
            patience.components.seconds * 1_000_000_000 + patience.components.attoseconds / 1_000_000_000
        let kill = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .nanoseconds(nanoseconds)) {
            self.send(SIGKILL)
        }
        _ = try? await ended.wait()
        kill.cancel()
    }
}
