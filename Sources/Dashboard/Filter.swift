import TreeModel

/// Which tasks to show: words, all of which must fit. `name`, `!state`, `held:kind`, `label:key=value`, `kind:word`.
struct Filter: Sendable, Equatable {
    /// As it was typed.
    let text: String
    private let terms: [Term]

    init(_ text: String = "") {
        self.text = text
        terms = text.split(separator: " ").map { Term($0) }
    }

    var isEmpty: Bool { terms.isEmpty }

    /// The words that are not names of anything, if there are any.
    var unknown: [String] {
        terms.compactMap { term in
            if case .state(let word, let states) = term, states.isEmpty { return "!" + word }
            return nil
        }
    }

    /// A name that is looked for.
    var name: String? {
        for case .name(let text, _) in terms { return text }
        return nil
    }

    func fits(_ slot: LiveTree.Slot, in tree: LiveTree) -> Bool {
        terms.allSatisfy { $0.fits(slot, tree) }
    }

    /// Whether a task or something below it may fit, by what is summed up there.
    func mayFit(below slot: LiveTree.Slot, in tree: LiveTree) -> Bool {
        terms.allSatisfy { $0.mayFit(below: slot, tree) }
    }

    /// The states by name.
    enum State: String, CaseIterable, Sendable {
        case failed, overdue, cancelling, cancelled, abandoned, leaked, stuck, trouble, waiting, running, ended

        func fits(_ slot: LiveTree.Slot, _ tree: LiveTree) -> Bool {
            switch self {
            case .failed: tree.outcome(slot) == .failed
            case .overdue: tree.isOverdue(slot)
            case .cancelling: tree.cancelledAt(slot) != nil && tree.phase(slot) != .finished
            case .cancelled: tree.outcome(slot) == .cancelled
            case .abandoned: tree.outcome(slot) == .abandoned
            case .leaked: tree.hasLeaked(slot)
            case .stuck: tree.waitsTooLong(slot)
            case .trouble: tree.isTroubled(slot)
            case .waiting:
                tree.phase(slot) != .finished
                    && tree.waiting(slot).map { !LiveTree.isPatient($0.on.kind) } ?? false
            case .running: tree.phase(slot) == .running
            case .ended: tree.phase(slot) == .finished
            }
        }

        func mayFit(below slot: LiveTree.Slot, _ tree: LiveTree) -> Bool {
            switch self {
            case .failed, .overdue, .leaked, .stuck, .trouble: tree.troubles(slot) > 0
            case .cancelling, .waiting, .running: tree.live(slot) > 0
            case .cancelled, .abandoned, .ended: true
            }
        }
    }

    private enum Term: Sendable, Equatable {
        case name(String, Needle)
        /// A word may be the beginning of several.
        case state(String, [State])
        case held(String, Needle)
        case label(String, Needle?)
        case kind(String)

        init(_ word: Substring) {
            func tail(_ prefix: String) -> String? {
                word.lowercased().hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : nil
            }
            if let state = tail("!") {
                self = .state(state, State.allCases.filter { $0.rawValue.hasPrefix(state.lowercased()) })
            } else if let what = tail("held:") {
                self = .held(what.lowercased(), Needle(what))
            } else if let label = tail("label:") {
                let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                self = .label(String(parts[0]), parts.count == 2 ? Needle(String(parts[1])) : nil)
            } else if let kind = tail("kind:") {
                self = .kind(kind.lowercased())
            } else {
                self = .name(String(word), Needle(String(word)))
            }
        }

        func fits(_ slot: LiveTree.Slot, _ tree: LiveTree) -> Bool {
            switch self {
            case .name(_, let needle): needle.isIn(tree.name(slot))
            case .state(_, let states): states.contains { $0.fits(slot, tree) }
            case .held(let kind, let needle): holds(kind, needle, slot, tree)
            case .label(let key, let value):
                tree.labels(slot).contains { Self.fits($0, key, value) }
            case .kind(let kind): tree.kind(slot)?.lowercased().hasPrefix(kind) ?? false
            }
        }

        private static func fits(_ label: Label, _ key: String, _ value: Needle?) -> Bool {
            guard let value else { return label.key.hasPrefix(key) }
            return label.key == key && (value.isEmpty || value.isIn(label.value))
        }

        /// Something of this kind, or with this in its name.
        private func holds(_ kind: String, _ needle: Needle, _ slot: LiveTree.Slot, _ tree: LiveTree) -> Bool {
            guard tree.ownHeld(slot) > 0 else { return false }
            return tree.resources(of: slot).contains { resource in
                guard resource.state == .held || resource.state == .releasing else { return false }
                return (resource.kind ?? "resource").lowercased().hasPrefix(kind) || needle.isIn(resource.name)
            }
        }

        func mayFit(below slot: LiveTree.Slot, _ tree: LiveTree) -> Bool {
            switch self {
            case .name, .label, .kind: true
            case .state(_, let states): states.contains { $0.mayFit(below: slot, tree) }
            case .held: tree.held(slot) > 0
            }
        }
    }
}
