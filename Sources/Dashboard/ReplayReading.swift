import TreeModel

/// What a replay of a file does in the meantime: it reads all of it once, for its marks, its density, its names, and copies of
/// the tree here and there; and it goes to where that takes long.
extension Replay {
    struct Reading {
        var position: Int
        /// nil once it was too large to be copied.
        var tree: LiveTree?
    }

    /// Whether there is something left to do.
    public var isAtWork: Bool { reading != nil || wanted != nil || lacksSteps }

    /// Whether it is still read.
    public var isReading: Bool { reading != nil }

    /// Whether it is still on the way to where it was to go.
    public var isOnTheWay: Bool { wanted != nil }

    /// How much of it was read; nil once all was.
    var progress: Double? {
        guard let reading else { return nil }
        return Double(reading.position - tape.range.lowerBound) / Double(max(1, tape.range.count))
    }

    /// Does a part of it: about so many events.
    /// - Parameter body: is shown each event of the recording, once, in their order.
    /// - Returns: whether the tree that is shown is another one.
    public mutating func work(_ count: Int, _ body: (TreeEvent) -> Void) -> Bool {
        guard wanted == nil else {
            goOn(count)
            return true
        }
        if lacksSteps {
            prepareSteps(count)
            return false
        }
        guard var head = reading else { return false }
        // It is held here only, and not copied while it changes.
        reading = nil
        let tape = tape
        // Where only a keyframe is shown, its place is not passed by.
        let limit = isPartial && head.position < position ? position : tape.range.upperBound
        var stop = min(head.position + count, limit)
        tape.read(head.position..<stop) { event in
            // What a gap stands for is nowhere, however much that is.
            if case .gap(let gap) = event.change {
                let end = Self.position(of: event.seq) + Self.position(of: gap.lost)
                stop = min(limit, max(stop, end - 1))
            }
            names.note(event)
            note(event, Self.position(of: event.seq), names)
            head.tree?.apply(event)
            body(event)
        }
        head.position = stop
        keep(&head)
        let whole = isPartial && stop == position ? head.tree : nil
        if isLarge(head) { head.tree = nil }
        if stop < tape.range.upperBound { reading = head }
        guard isPartial, stop >= position else { return false }
        refresh(whole)
        return true
    }

    /// Whether its tree would take too long to copy.
    private func isLarge(_ head: Reading) -> Bool {
        guard let tree = head.tree, tree.count > Checkpoints.largest else { return false }
        return !(isPartial && head.position < position)
    }

    private mutating func keep(_ head: inout Reading) {
        guard var tree = head.tree else { return }
        head.tree = nil
        if checkpoints.wants(head.position, tree) {
            tree.settle()
            checkpoints.add(head.position, tree)
        }
        head.tree = tree
    }

    /// Takes in what a check of all events found, in words by their `seq`.
    public mutating func noteViolations(_ violations: [UInt64: String]) {
        for (seq, what) in violations {
            guard let position = Int(exactly: seq), let event = tape.event(at: position - 1) else { continue }
            finder.insert(
                ReplayMark(kind: .violated, t: Self.clamped(event.t), position: position, task: nil, name: what))
        }
    }
}
