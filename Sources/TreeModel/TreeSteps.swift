/// Steps of a tree that can be taken back, each at the cost of what it changed, however large the tree is.
///
/// The large parts of a tree keep what they were (`Rewinding`); of the rest there is a copy for each step.
public struct TreeSteps: Sendable {
    /// The tree before each step, without its large parts.
    private var before: [LiveTree] = []

    public init() {}

    /// How many steps can be taken back.
    public var count: Int { before.count }

    /// Changes the tree such that it can be taken back: folds an event in, or settles.
    public mutating func step(_ tree: inout LiveTree, _ change: (inout LiveTree) -> Void) {
        var shell = tree
        var marking = Marking()
        LiveTree.visitParts(&tree, &shell, &marking)
        before.append(shell)
        change(&tree)
    }

    /// Takes the last step back. There must be one.
    public mutating func takeBack(_ tree: inout LiveTree) {
        var shell = before.removeLast()
        var rewind = Rewind()
        LiveTree.visitParts(&tree, &shell, &rewind)
        tree = shell
    }

    /// Forgets the oldest steps, or all.
    public mutating func forget(_ count: Int? = nil, of tree: inout LiveTree) {
        let count = min(count ?? before.count, before.count)
        guard count > 0 else { return }
        before.removeFirst(count)
        var forgetting = Forgetting(count: count)
        var none = LiveTree()
        LiveTree.visitParts(&tree, &none, &forgetting)
    }

    private struct Marking: PartVisitor {
        func visit<P: Rewinding>(_ part: inout P, _ other: inout P) {
            // First, so that the part is held once only, and is not copied.
            other = P()
            part.mark()
        }
    }

    private struct Rewind: PartVisitor {
        func visit<P: Rewinding>(_ part: inout P, _ other: inout P) {
            swap(&part, &other)
            other.rewind()
        }
    }

    private struct Forgetting: PartVisitor {
        let count: Int
        func visit<P: Rewinding>(_ part: inout P, _ other: inout P) { part.forget(count) }
    }
}

/// Does something with each large part of a tree, and with that of another.
protocol PartVisitor {
    mutating func visit<P: Rewinding>(_ part: inout P, _ other: inout P)
}

extension LiveTree {
    /// All parts that grow with the tree, and those that are long.
    static func visitParts<V: PartVisitor>(_ tree: inout LiveTree, _ other: inout LiveTree, _ visitor: inout V) {
        visitor.visit(&tree.nodes, &other.nodes)
        visitor.visit(&tree.freeNodes, &other.freeNodes)
        visitor.visit(&tree.slots, &other.slots)
        visitor.visit(&tree.dirty, &other.dirty)
        visitor.visit(&tree.resources, &other.resources)
        visitor.visit(&tree.freeResources, &other.freeResources)
        visitor.visit(&tree.resourceSlots, &other.resourceSlots)
        visitor.visit(&tree.resourceNames, &other.resourceNames)
        visitor.visit(&tree.history.common.kept, &other.history.common.kept)
        visitor.visit(&tree.history.notable.kept, &other.history.notable.kept)
        visitor.visit(&tree.history.releases.kept, &other.history.releases.kept)
        visitor.visit(&tree.history.ends.kept, &other.history.ends.kept)
        visitor.visit(&tree.history.logs.kept, &other.history.logs.kept)
        visitor.visit(&tree.history.steps.kept, &other.history.steps.kept)
    }
}
