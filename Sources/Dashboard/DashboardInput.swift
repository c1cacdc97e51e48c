import Canvas
import TreeModel

/// What changes a dashboard, beside the events of a live session (`DashboardState.take`).
public enum DashboardInput: Sendable {
    case key(Key)
    /// The mouse was used, at a place on this screen.
    case pointer(Pointer)
    /// Text was pasted.
    case paste(String)
    case resize(width: Int, height: Int)
    /// The time of a live session, in nanoseconds since it began.
    case tick(now: Int64)
    /// The name, the file and the state of the recording.
    case session(SessionStatus)
    /// A replay is somewhere else, or in another state.
    case replay(ReplayView)
    /// A line for the user, shown until the next key.
    case notice(String)
}

/// What the caller is to do; a dashboard does nothing itself.
public enum Effect: Sendable, Equatable {
    /// Cancel a subtree; `by` is who the cause names.
    case cancel(TaskID, force: Bool, by: String)
    /// End the grace of a running cascade now.
    case escalate(CascadeID, by: String)
    /// Ask a subtree to finish what it has and take nothing new.
    case drain(TaskID, by: String)
    /// Start a finished or cancelled task again.
    case restart(TaskID)
    /// Shut the program down; with `force`, cancel at once.
    case shutdown(force: Bool)
    /// Leave the dashboard; the program goes on if it is somebody else's.
    case leave
    /// Stop this process until the shell continues it.
    case suspend
    /// Paint the screen anew.
    case redraw
    /// Put this text on the user's clipboard, and say whether that went.
    case copy(String)
    /// Do this with the replay.
    case replay(ReplayCommand)
}

/// What the header says about the session.
public struct SessionStatus: Sendable, Equatable {
    public enum Recording: Sendable, Equatable {
        case off
        case running
        /// The recording ended; why.
        case failed(String)
    }
    public var name: String
    /// The name of the session file, without its folder.
    public var file: String?
    public var bytes: UInt64
    public var recording: Recording
    /// Whether the program belongs to somebody else, so that `q` only leaves.
    public var isAttached: Bool

    public init(
        name: String, file: String? = nil, bytes: UInt64 = 0, recording: Recording = .off, isAttached: Bool = false
    ) {
        self.name = name
        self.file = file
        self.bytes = bytes
        self.recording = recording
        self.isAttached = isAttached
    }
}
