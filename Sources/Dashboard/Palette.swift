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
                entries.append(Palette.Entry(binding: binding, help: help))
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
