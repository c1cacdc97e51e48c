/// What a piece of text on the screen means. Drawing code names roles; only a ``Theme`` knows colours.
public enum Role: UInt8, CaseIterable, Sendable {
    /// Plain text.
    case normal
    /// Text that matters less: ages, hints, what is over.
    case dim
    /// The program's name and the session's.
    case title
    /// The totals at the top.
    case header
    /// The names above the columns.
    case columnHead
    /// The row under the cursor, where nothing else is drawn. A row is highlighted with ``Canvas/select(row:)``,
    /// which combines with every other role.
    case selected
    /// A key that can be pressed.
    case key
    /// Lines and frames.
    case border
    /// What should catch the eye without being trouble.
    case accent
    /// A task that runs.
    case running
    /// A task that waits for something.
    case waiting
    /// A task whose body returned and that waits for its children.
    case joining
    /// A task or a resource in release.
    case releasing
    /// A task that was told to stop and has not yet.
    case cancelling
    /// Ended well.
    case succeeded
    /// Ended with an error.
    case failed
    /// Ended because it was cancelled.
    case cancelled
    /// Given up after its grace.
    case abandoned
    /// Late: it should have ended by now.
    case overdue
    /// A warning.
    case warning
    /// The mark of a running recording.
    case recording
    /// The done part of a bar, and a sparkline.
    case bar
    /// The rest of a bar.
    case barRest
    /// What a search found.
    case match
    /// A mark on a row or on a timeline.
    case mark
}
