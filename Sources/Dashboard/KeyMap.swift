import Canvas

/// Which key does what: the one table, with what a user changed in it.
public struct KeyMap: Sendable {
    /// Every key, in the order of the table.
    public private(set) var bindings = Binding.table

    /// The keys of an action that a user wants to be others.
    public struct Change: Sendable, Equatable {
        /// The action by its name, such as `cancel-now`.
        public var action: String
        /// All the keys that it is to have.
        public var keys: [Key]

        public init(_ action: String, _ keys: [Key]) {
            self.action = action
            self.keys = keys
        }
    }

    /// Why a change is not possible.
    public struct Problem: Error, Equatable {
        /// Which change it is about.
        public let change: Int
        /// What is wrong with it, and what to do.
        public let message: String
    }

    /// The table as it is.
    public init() {}

    /// The table with changes. An action has its new keys wherever it can be asked for; of its old ones, that it keeps,
    /// each stays where it was, because in another place that key may mean something else.
    /// - Throws: `Problem` if there is no such action, if it would have no key, or if a key would mean two things in one place.
    public init(_ changes: [Change]) throws(Problem) {
        var changed: Set<Int> = []
        for (index, change) in changes.enumerated() {
            let rows = bindings.indices.filter { bindings[$0].action == change.action }
            guard !rows.isEmpty else {
                throw Problem(
                    change: index, message: "there is no action \(change.action)\(Self.nearest(change.action))")
            }
            guard !change.keys.isEmpty else {
                throw Problem(change: index, message: "\(change.action) has no key: give it one")
            }
            let old = Set(rows.flatMap { Binding.table[$0].keys })
            for row in rows {
                let own = Set(Binding.table[row].keys)
                let keys = change.keys.filter { own.contains($0) || !old.contains($0) }
                guard !keys.isEmpty, keys != Binding.table[row].keys else { continue }
                bindings[row].keys = keys
                changed.insert(row)
            }
        }
        for (index, change) in changes.enumerated() { try hold(change, index) }
        rename(changed)
    }

    /// No key of a changed action means something else in the same place.
    private func hold(_ change: Change, _ index: Int) throws(Problem) {
        for binding in bindings where binding.action == change.action {
            for other in bindings where other.action != change.action {
                guard let key = binding.keys.first(where: other.keys.contains),
                    let place = Binding.Context.allCases.first(where: {
                        binding.contexts.contains($0) && other.contexts.contains($0)
                    })
                else { continue }
                throw Problem(
                    change: index,
                    message:
                        "\(key) is \(other.action) already\(place.words): give \(other.action) another key, or \(change.action)"
                )
            }
        }
    }

    /// A name that is not far from one that is none.
    private static func nearest(_ action: String) -> String {
        let known = Binding.table.map(\.action)
        let near = known.first { $0.hasPrefix(action) || action.hasPrefix($0) || $0.contains(action) }
        return near.map { ": is it \($0)?" } ?? ": the palette, behind the key :, names them all"
    }

    /// Writes the names of changed rows anew. A line of the help may stand for the rows after it, which have none.
    private mutating func rename(_ changed: Set<Int>) {
        var start = 0
        while start < bindings.count {
            var end = start + 1
            while end < bindings.count, bindings[end].help.isEmpty { end += 1 }
            if changed.contains(where: (start..<end).contains) { rename(start..<end) }
            start = end
        }
    }

    private mutating func rename(_ family: Range<Int>) {
        var names: [String] = []
        if family.count == 1 {
            names = bindings[family.lowerBound].keys.map(\.name)
        } else {
            for name in family.compactMap({ bindings[$0].keys.first?.name }) where !names.contains(name) {
                names.append(name)
            }
        }
        let name = names.count > 4 ? "\(names[0]) - \(names[names.count - 1])" : names.joined(separator: " ")
        for index in family {
            bindings[index].name = name
            if let bar = bindings[index].short.firstIndex(of: "|") {
                bindings[index].short = name + bindings[index].short[bar...]
            }
        }
    }

    /// What a key does in the first of these contexts in which it does something.
    func command(for key: Key, in contexts: [Binding.Context]) -> Command? {
        for context in contexts {
            for binding in bindings where binding.contexts.contains(context) && binding.keys.contains(key) {
                return binding.command
            }
        }
        return nil
    }

    /// The first key of a command, as people read it.
    func name(of command: Command) -> String {
        bindings.first { $0.command == command }?.keys.first?.name ?? ""
    }
}

extension Binding.Context {
    /// Where that is, in words.
    fileprivate var words: String {
        switch self {
        case .live: ""
        case .replay: " in a replay"
        case .past: " in the past"
        case .detail: " where something is open"
        case .preview: " where a cancel asks"
        case .cascade: " in a cascade"
        case .search: " in a search"
        case .quit: " where a shutdown asks"
        case .help: " in the help"
        case .cascades: " in the cascades"
        case .resources: " in the resources"
        case .events: " in the events"
        case .timeline: " in the timeline"
        case .logs: " in the logs"
        case .liveView: " in the views"
        case .replayView: " in the views of a replay"
        }
    }
}
