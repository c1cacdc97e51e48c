import CTerminal
import Glibc

/// The question that Swift's backtracer asks on a terminal after a crash, and for which it waits 30 seconds.
///
/// The runtime reads its settings when the program starts, so the environment must hold `SWIFT_BACKTRACE=interactive=no`
/// before that. A program that wants it so either is started like that, or starts itself again.
public enum BacktracePrompt {
    private static let variable = "SWIFT_BACKTRACE"

    /// Whether nothing will be asked: `SWIFT_BACKTRACE` is set, to whatever its owner wanted, or there is no terminal.
    public static var isOff: Bool { getenv(variable) != nil || isatty(STDIN_FILENO) == 0 }

    /// Starts the program again in this process, with the same arguments and the question off, unless it is off. Call it
    /// first thing in `main`, before any thread and any file. It returns where nothing was to be done or it failed.
    public static func turnOff() {
        guard !isOff, setenv(variable, "interactive=no", 1) == 0 else { return }
        ct_start_again()
    }
}
