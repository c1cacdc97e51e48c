/// What the engine does for malloc, which costs short tasks more than all else.
///
/// A block that is given back by another thread than the one that asked for it takes a lock of malloc's, and two threads
/// that want it sleep in the kernel. Of a task that is spawned on one thread and ends on another that would be the node and
/// the Swift task. So some nodes that are over are kept for whoever spawns next: that thread lets them go, and is given
/// their memory again for the new ones. It is a third of the time of short tasks.
///
/// Guarded by the engine's lock.
final class SpentNodes {
    private static let most = 64

    // A queue, so that by the time a node is taken its Swift task, which holds it, has ended. Linked by `nextSibling`.
    private unowned(unsafe) var first: Node?
    private unowned(unsafe) var last: Node?
    private var count = 0

    /// Keeps a node that has left the tree, or says that there are enough.
    func keep(_ node: Node) -> Bool {
        guard count < Self.most, node.isPlain else { return false }
        node.nextSibling = nil
        if let last { last.nextSibling = node } else { first = node }
        last = node
        count += 1
        return true
    }

    func take() -> Node? {
        guard let node = first else { return nil }
        first = node.nextSibling
        if first == nil { last = nil }
        count -= 1
        return node
    }

    // MARK: Growth

    /// How much is alive: one for a resource, and as much as eight for a node with its Swift task.
    var alive = 0
    static let node = 8
    /// How much may be alive before there is to be more room.
    private var roomFor = 0

    /// Whether it is time to make room, off the lock, for so much more.
    func isGrowing() -> Bool {
        guard alive >= roomFor else { return false }
        roomFor = alive + 256
        return true
    }

    /// Makes room, off the lock. On any thread but the first, malloc extends its heap by single pages, and
    /// asks the kernel for each: for every second task of a growing tree, and for 25 resources. Once it has had more, it keeps it.
    @inline(never)
    static func makeRoom() {
        // Below what makes malloc tidy up.
        let room = UnsafeMutableRawPointer.allocate(byteCount: 60_000, alignment: 16)
        room.storeBytes(of: 0, as: UInt8.self)
        room.deallocate()
    }
}
