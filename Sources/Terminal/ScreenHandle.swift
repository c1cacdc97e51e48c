import CTerminal

/// What other threads may do with the screen. It can be copied and outlive the screen.
public struct ScreenHandle: Sendable {
    /// A handle of the one screen of this process.
    public init() {}

    /// Ends the present or the next ``TerminalScreen/wait(timeoutMilliseconds:)``, which then reports ``Input/wake``.
    /// Many wakes before that are one. Safe on any thread and in a signal handler.
    public func wake() { ct_wake() }

    /// Gives the terminal back as it was found, once, however often it is called; returns when that is done.
    ///
    /// From any thread, also while another one is drawing: what that one still draws goes nowhere. What came on standard
    /// error meanwhile is written now. It also happens at `exit`, and when the process dies of a fatal signal.
    public func giveBack() { ct_give_back() }
}
