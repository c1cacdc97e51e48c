import Canvas
import TreeModel

/// A piece of the line of keys: what it says and where, and the key that a click on it stands for.
struct FooterPiece {
    var text: String
    var role: Role
    var x: Int
    var key: Key?
}

/// A key and what it does; the highest ranks are left out first.
private struct KeyWord {
    /// The names of keys, each with the key that it stands for.
    let names: [(name: String, key: Key?)]
    let word: String
    /// What the word stands for.
    let key: Key?
    let rank: Int
    let columns: Int

    init(_ names: [(name: String, key: Key?)], _ word: String, key: Key? = nil, rank: Int = 0) {
        self.names = names
        self.word = word
        self.key = key
        self.rank = rank
        columns = names.reduce(Self.columns(word)) { $0 + Self.columns($1.name) + 1 }
    }

    static func columns(_ text: String) -> Int { CellGrid.columns(of: text, ascii: false) }

    /// The pieces from a column on.
    func pieces(at x: Int, role: Role = .normal) -> [FooterPiece] {
        var x = x
        var pieces: [FooterPiece] = []
        for name in names {
            pieces.append(FooterPiece(text: name.name, role: .key, x: x, key: name.key))
            x += Self.columns(name.name) + 1
        }
        return pieces + [FooterPiece(text: word, role: role, x: x, key: key)]
    }
}

extension DashboardState {
    /// The line of keys: those that work here, from the one table.
    func footer(width: Int) -> [FooterPiece] {
        guard !isPrompting || isAskingToQuit else { return promptPieces }
        var last: [FooterPiece] = []
        var words = keyWords
        var end = width
        func length(_ words: [KeyWord]) -> Int { words.reduce(1) { $0 + $1.columns + 2 } - 2 }
        if let leave = leaveWord, width >= 40 {
            let own = leave.columns + 1
            // While something is asked, the way out is the answer: this one goes first then.
            var isPreview = false
            if case .preview = pane { isPreview = true }
            if !isPreview || length(words) + own + 2 <= end {
                last = leave.pieces(at: width - own, role: .dim)
                end -= own + 2
            }
        }
        // A word is there if it fits beside those that matter more.
        var places: [Int] = []
        var used = 1
        for place in words.indices.sorted(by: { (words[$0].rank, $0) < (words[$1].rank, $1) }) {
            guard places.isEmpty || used + words[place].columns <= end else { continue }
            places.append(place)
            used += words[place].columns + 2
        }
        words = places.sorted().map { words[$0] }
        var pieces: [FooterPiece] = []
        var x = 1
        for word in words {
            pieces += word.pieces(at: x)
            x += word.columns + 2
        }
        return pieces + last
    }

    /// What the keys do while text is typed.
    private var promptPieces: [FooterPiece] {
        let words: [(String, String)] =
            if search != nil {
                [("Enter", "stay there"), ("Up Down", "next one"), ("Esc", "go back")]
            } else if palette != nil {
                [("Enter", "do it"), ("Up Down", "choose"), ("Esc", "leave")]
            } else if view != .tree {
                [("Enter", "keep"), ("Esc", "as before"), ("words", "that a line has, all of them")]
            } else {
                [
                    ("Enter", "keep"), ("Esc", "as before"),
                    ("name !state held:kind label:key=value kind:word", ""),
                ]
            }
        var x = 1
        return words.flatMap { name, text in
            let word = KeyWord([(name, nil)], text)
            defer { x += word.columns + 3 }
            return word.pieces(at: x)
        }
    }

    /// The key that leaves and what it does, at the right end.
    private var leaveWord: KeyWord? {
        guard !isAskingToQuit, !showsHelp, !(runningShutdown != nil && !session.isAttached) else { return nil }
        let last = keymap.bindings.first(where: { $0.command == .quit || $0.command == .leave }, in: contexts)
        return last.map {
            let isOver = session.isAttached || (tree.ended != nil && !isRecording)
            let key = $0.keys.first
            let quits = isRecording ? $0 : keymap.bindings.first { $0.command == .quit } ?? $0
            return KeyWord([($0.footerName, key)], isOver ? "leave" : quits.short, key: key)
        }
    }

    private var keyWords: [KeyWord] {
        var words: [KeyWord] = []
        if runningShutdown != nil, !session.isAttached, leaveWord == nil, !isAskingToQuit, !showsHelp {
            let key = keymap.bindings.first { $0.command == .quit }?.keys.first
            words.append(KeyWord([(key?.name ?? "", key)], "cancel now", key: key))
        }
        if case .preview(let preview) = pane, preview.listsAll, preview.resources.count > listRoom, !isAskingToQuit {
            words.append(KeyWord([("Up Down", nil)], "more", rank: 1))
        }
        if pageExtent.isMore, !isAskingToQuit, !showsHelp {
            words.append(KeyWord([("\(keymap.name(of: .pageUp)) \(keymap.name(of: .pageDown))", nil)], "more", rank: 1))
        }
        let contexts = contexts
        for (order, context) in contexts.enumerated() {
            for binding in keymap.bindings where !binding.short.isEmpty && binding.contexts.contains(context) {
                if binding.command == .quit || binding.command == .leave { continue }
                // One that works in several is named once.
                if !binding.contexts.isDisjoint(with: contexts[..<order]) { continue }
                let label = label(binding)
                guard !label.isEmpty else { continue }
                let own = binding.keys.first
                var word = label
                var names = [(name: binding.footerName, key: own)]
                if let bar = label.firstIndex(of: "|") {
                    word = String(label[label.index(after: bar)...])
                    names = label[..<bar].split(separator: " ").map { name in
                        (String(name), key(named: String(name), in: context) ?? own)
                    }
                }
                words.append(KeyWord(names, word, key: own, rank: rank(binding, order)))
            }
        }
        return words
    }

    private func key(named name: String, in context: Binding.Context) -> Key? {
        keymap.bindings.first { $0.contexts.contains(context) && $0.footerName == name }?.keys.first
    }

    /// The way out, the help and the way to the other views stay longest; `d` and `p` go first.
    private func rank(_ binding: Binding, _ order: Int) -> Int {
        switch binding.command {
        case .refuse, .close, .confirm: return 0
        case .help: return 1
        default: break
        }
        if !tags.isEmpty, binding.command == .cancel { return 1 }
        if case .none = pane, view == .tree, !isRecording, !isRewound {
            if binding.command == .cancel, runningShutdown == nil { return 2 }
            if binding.command == .view(.next) { return 3 }
        }
        // Once all is over, going back in it is what is left to do.
        if binding.command == .pause { return frozen != nil ? 0 : tree.ended != nil ? 3 : 21 }
        if binding.command == .drain { return 20 }
        // Where there is no room for both, a filter shows what a search would find.
        if binding.command == .search, view != .tree { return 6 }
        let cancels = binding.command == .cancel || binding.command == .cancelNow
        return runningShutdown != nil && cancels ? 19 : 4 + order
    }

    /// The word for a key, where the moment has a better one than the table.
    private func label(_ binding: Binding) -> String {
        if isAskingToQuit, runningShutdown != nil {
            return binding.command == .force ? "" : binding.command == .confirm ? "cancel now" : "wait"
        }
        guard !isAskingToQuit, !showsHelp else { return binding.short }
        if isRecording || isRewound, binding.command == .escalate { return "" }
        // Once all is over there is nothing left to act on.
        if binding.command == .steer(.play), replay?.isPlaying == true { return "stop" }
        if binding.command == .pause {
            return isRecording ? "" : frozen != nil ? "now" : tree.ended != nil ? "go back" : binding.short
        }
        let acts = binding.command == .cancel || binding.command == .drain
        if !isRecording, tree.ended != nil, acts { return "" }
        if case .cascade = pane, binding.contexts == [.cascade] {
            if binding.command == .order { return page.next.word }
            if (shownCascade?.completedAt == nil) == (binding.command == .watch) { return "" }
        }
        if case .cascade = pane, binding.contexts == [.cascades], binding.command == .view(.open) { return "" }
        if case .cascade = pane, binding.contexts == Binding.viewing, binding.command == .close { return "" }
        guard case .preview(let preview) = pane else { return treeLabel(binding) }
        switch (binding.command, preview.act) {
        // Where all of it is over.
        case (.confirm, _) where preview.stops + preview.already == 0: return ""
        case (.confirmNow, _) where preview.stops + preview.already == 0: return ""
        case (.listAll, _) where preview.held == 0: return ""
        case (.confirm, .drain): return "drain \(Words.plural(preview.stops, "task"))"
        case (.confirm, .cancel): return "cancel \(Words.plural(preview.stops, "task"))"
        case (.confirm, .cancelNow): return "cancel \(Words.plural(preview.stops, "task")) without grace"
        case (.confirmNow, .drain), (.confirmNow, .cancelNow): return ""
        case (.confirmNow, .cancel): return "cancel without grace"
        case (.listAll, _): return preview.listsAll ? "summary" : "list all \(Words.plural(preview.held, "resource"))"
        default: return binding.short
        }
    }

    /// While something is tagged the keys are about that; Esc takes away what came last.
    private func treeLabel(_ binding: Binding) -> String {
        if binding.command == .close, case .none = pane {
            if view == .tree, let layer = topLayer { return layer.word }
            if view != .tree { return !found.isEmpty ? "close" : !views.filter.isEmpty ? "no filter" : binding.short }
        }
        guard !tags.isEmpty, case .none = pane, binding.command == .cancel || binding.command == .drain else {
            return binding.short
        }
        return "\(binding.short) \(Words.short(tags.count)) tagged"
    }
}

extension Binding {
    /// The key in the footer, where the short text does not name keys itself, before a `|`.
    var footerName: String { keys.first?.name ?? "" }
}

extension [Binding] {
    func first(where isWanted: (Binding) -> Bool, in contexts: [Binding.Context]) -> Binding? {
        first { isWanted($0) && contexts.contains(where: $0.contexts.contains) }
    }
}
