/// What the mouse did, and where.
public struct Pointer: Hashable, Sendable {
    /// What it did.
    public enum Act: Hashable, Sendable {
        /// The left button went down.
        case press
        /// It went down a second time in the same place, soon after the first.
        case secondPress
        /// The wheel was turned away from the user.
        case wheelUp
        /// The wheel was turned towards the user.
        case wheelDown
    }

    /// What it did.
    public var act: Act
    /// The column, from 0 at the left.
    public var x: Int
    /// The row, from 0 at the top.
    public var y: Int

    /// An act at a place.
    public init(_ act: Act, x: Int, y: Int) {
        self.act = act
        self.x = x
        self.y = y
    }
}
