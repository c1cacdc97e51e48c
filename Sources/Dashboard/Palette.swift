import Canvas

/// The list of commands, while one is being looked for.
struct Palette: Sendable {
    var text = ""
    var index = 0

    struct Entry: Sendable {
        let binding: Binding
        let help: String
    }
}

extension DashboardState {
    /// The commands that work here and have the typed text in their name, key or help; those with it in their name first.
    var paletteEntries: [Palette.Entry] {
        guard let palette else { return [] }
        let words = palette.text.split(separator: " ").map { Needle(String($0)) }
        var named: [Palette.Entry] = []
        var others: [Palette.Entry] = []
        for entry in allEntries {
            let binding = entry.binding
            let all =
                "\(binding.action) \(binding.keys.map(\.name).joined(separator: " ")) \(binding.short) \(entry.help)"
            if words.allSatisfy({ $0.isIn(binding.action) }) {
                named.append(entry)
            } else if words.allSatisfy({ $0.isIn(all) }) {
                others.append(entry)
            }
        }
        return named + others
    }

    private var allEntries: [Palette.Entry] {
        var seen: Set<Command> = [.palette]
        var entries: [Palette.Entry] = []
        for context in contexts {
            var help = ""
            for binding in keymap.bindings {
                // A line of the help may stand for the rows after it, which have none.
                if !binding.help.isEmpty { help = binding.help }
                // The tenths are one line in the help, and ten keys.
                if case .steer(.tenth(1...)) = binding.command { continue }
                guard binding.contexts.contains(context), seen.insert(binding.command).inserted else { continue }
                entries.append(Palette.Entry(binding: binding, help: binding.command.alone ?? help))
            }
        }
        return entries
    }

    mutating func typePalette(_ key: Key) -> [Effect] {
        guard var palette else { return [] }
        let entries = paletteEntries
        let last = max(0, entries.count - 1)
        let index = min(palette.index, last)
        if key == .enter || key == .escape || key == .control("c") {
            self.palette = nil
            needsRows = true
            guard key == .enter, entries.indices.contains(index) else { return [] }
            let chosen = entries[index].binding
            return act(chosen.command, chosen.keys.first ?? key)
        }
        let page = max(1, layout.pane.count - 2)
        let steps: [Key: Int] = [.up: -1, .down: 1, .pageUp: -page, .pageDown: page]
        if let step = steps[key] {
            palette.index = min(max(0, index + step), last)
        } else if palette.text.edit(key) {
            palette.index = 0
        }
        self.palette = palette
        return []
    }
}

extension Command {
    /// What it does, where a line of the help speaks of it and of others.
    fileprivate var alone: String? {
        switch self {
        case .view(.show(let view)): "the view \(view.name)"
        case .view(.next): "the next view"
        case .view(.previous): "the view before"
        case .up: "a row up"
        case .down: "a row down"
        case .pageUp: "a page up"
        case .pageDown: "a page down"
        case .first: "the first row"
        case .last: "the last row"
        case .foldHere: "fold this subtree"
        case .unfoldHere: "unfold this subtree"
        case .searchNext: "the next one found"
        case .searchPrevious: "the one found before"
        case .steer(.stepBack): "one event back"
        case .steer(.stepOn): "one event on"
        case .steer(.skipBack): "5 s back"
        case .steer(.skipOn): "5 s on"
        case .steer(.markBack): "the mark before"
        case .steer(.markOn): "the next mark"
        case .steer(.slower): "slower, down to 0.1x"
        case .steer(.faster): "faster, up to 1000x"
        case .steer(.begin): "the beginning"
        case .steer(.finish): "the end"
        case .view(.zoomIn): "half the time"
        case .view(.zoomOut): "twice the time"
        case .view(.earlier): "earlier"
        case .view(.later): "later"
        default: nil
        }
    }
}
