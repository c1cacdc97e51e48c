import TreeModel

/// A tree as text, for people and scripts: a line a task, with what it holds.
struct TreeText {
    private let tree: LiveTree
    init(_ tree: LiveTree) { self.tree = tree }

    func write(to output: Output) {
        let totals = tree.totals
        output.line(
            "at \(Self.clock(tree.now)): \(totals.live) live, \(totals.held) held, \(totals.leaked) leaked, "
                + "\(totals.abandoned) abandoned, \(totals.failed) failed, \(totals.cancelled) cancelled")
        var slot = tree.root
        while slot >= 0 {
            let info = tree.info(slot)
            if info.finishedAt == nil || info.outcome == .failed || info.outcome == .abandoned {
                output.line(Output.printable(line(info, of: slot)))
                for resource in tree.resources(of: slot) {
                    output.line(
                        Output.printable(
                            indent(info.depth + 2) + verb(resource.state)
                                + " \(resource.kind.map { $0 + " " } ?? "")\(resource.name)"))
                }
            }
            slot = tree.following(slot)
        }
    }

    private func verb(_ state: LiveTree.ResourceState) -> String {
        switch state {
        case .acquiring: "acquires"
        case .held: "holds"
        case .releasing: "releases"
        case .quarantined: "left alone:"
        }
    }

    private func line(_ info: LiveTree.TaskInfo, of slot: LiveTree.Slot) -> String {
        var words = [info.outcome?.name ?? (info.cascade != nil ? "cancelling" : info.phase.name)]
        if info.returnedAt != nil { words.append("came home") }
        words.append(Self.clock(max(0, (info.finishedAt ?? tree.now) - info.startedAt)))
        words.append("live \(info.live), held \(info.held)")
        if let error = info.error { words.append(error.message) }
        if let waiting = info.waiting {
            words.append("waits for \(waiting.on.kind) \(waiting.on.name ?? "")")
        } else if let message = info.progress?.message {
            words.append(message)
        }
        // Those above one that ended may be over too, and not be here.
        let name = info.outcome == nil ? indent(info.depth) + info.name : tree.path(slot)
        return "\(name)  [\(info.id)]  " + words.joined(separator: "; ")
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: min(depth, 60)) }

    /// `0:38.704`.
    static func clock(_ t: Int64) -> String {
        let milliseconds = max(0, t) / 1_000_000
        let rest = String(100_000 + milliseconds % 60_000).dropFirst()
        return "\(milliseconds / 60_000):\(rest.prefix(2)).\(rest.suffix(3))"
    }
}
