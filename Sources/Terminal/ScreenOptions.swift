import Canvas

/// How a ``TerminalScreen`` takes a terminal and draws on it.
public struct ScreenOptions: Sendable {
    /// Where the terminal is.
    public enum Device: Sendable {
        /// Standard input and output, and `/dev/tty` for what is no terminal of the two.
        case controlling
        /// These descriptors, which stay the caller's.
        case descriptors(input: Int32, output: Int32)
    }

    /// Where the terminal is.
    public var device = Device.controlling
    /// The terminal's type; nil: what `TERM` says.
    public var type: String?
    /// How the roles look.
    public var theme = Theme.dark
    /// Whether colours are used, where the terminal has any. Without, attributes alone are.
    public var colour = true
    /// Whether Ctrl-C, Ctrl-Z and Ctrl-\ send signals instead of arriving as keys. As signals they work even while the
    /// loop is busy, and reach the whole foreground job.
    public var signalKeys = false
    /// Whether Ctrl-Z, arriving as a key, suspends by itself. Otherwise it is a key like others.
    public var suspendsOnControlZ = true
    /// Whether clicks and the wheel arrive, where the terminal can tell of them. It leaves the selection of text to
    /// Shift and the mouse.
    public var usesMouse = true
    /// Whether standard error, where it is a terminal, is held back while the screen is up and written when the
    /// terminal is given back.
    public var capturesErrors = true

    /// The usual options.
    public init() {}
}
