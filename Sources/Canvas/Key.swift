/// A key that was pressed.
public enum Key: Hashable, Sendable {
    /// A key that stands for a character; Space is `.character(" ")`.
    case character(Character)
    /// The arrow up.
    case up
    /// The arrow down.
    case down
    /// The arrow to the left.
    case left
    /// The arrow to the right.
    case right
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// Enter, also on the number pad.
    case enter
    /// Escape by itself.
    case escape
    /// Tab.
    case tab
    /// Tab with Shift.
    case backTab
    /// Backspace, also sent as Ctrl-H.
    case backspace
    /// Delete, to the right.
    case delete
    /// Insert.
    case insert
    /// F1 and up.
    case function(Int)
    /// A character with Ctrl, in lower case: Ctrl-C is `.control("c")`.
    case control(Character)
    /// A character with Alt.
    case alt(Character)
    /// Something the terminal sent that is no key known here; the bytes as printable text.
    case unknown(String)

    /// The key as a help text names it.
    public var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .function(let number): "F\(number)"
        case .control(" "): "Ctrl-Space"
        case .control(let character): "Ctrl-\(character.uppercased())"
        case .alt(let character): "Alt-\(character)"
        case .unknown(let text): "?\(text)"
        }
    }
}

extension Key {
    /// The key with this name: those that ``name`` gives, whatever the case of a word, and `PageUp`, `PageDown`, `Escape`,
    /// `Return`, `Delete` and `Insert` as well; nil if there is none.
    public init?(name: String) {
        if name.count == 1, let character = name.first, !character.isWhitespace, !character.isNewline {
            self = .character(character)
            return
        }
        let word = name.lowercased()
        if let key = Self.words[word] {
            self = key
        } else if word.hasPrefix("f"), let number = Int(word.dropFirst()), (1...63).contains(number) {
            self = .function(number)
        } else if word.hasPrefix("ctrl-"), let character = word.dropFirst(5).first, word.count == 6 {
            self = .control(character)
        } else if word.hasPrefix("alt-"), let character = name.dropFirst(4).first, word.count == 5 {
            self = .alt(character)
        } else {
            return nil
        }
    }

    private static let words: [String: Key] = [
        "space": .character(" "), "ctrl-space": .control(" "), "up": .up, "down": .down, "left": .left, "right": .right,
        "home": .home, "end": .end, "pgup": .pageUp, "pageup": .pageUp, "pgdn": .pageDown, "pagedown": .pageDown,
        "enter": .enter, "return": .enter, "esc": .escape, "escape": .escape, "tab": .tab, "shift-tab": .backTab,
        "backspace": .backspace, "del": .delete, "delete": .delete, "ins": .insert, "insert": .insert,
    ]
}

extension Key: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

/// What a screen reports to the program.
public enum Input: Hashable, Sendable {
    /// A key was pressed.
    case key(Key)
    /// The mouse was used.
    case pointer(Pointer)
    /// Text was pasted. It is what the user had copied: it may have anything in it, and is never to be taken for keys.
    case paste(String)
    /// The screen has another size now; what it showed is gone.
    case resize(width: Int, height: Int)
    /// The program came back after it was stopped; the next frame is painted in full.
    case resumed
    /// Someone asked for attention from another thread.
    case wake
    /// The terminal is gone. It is reported once; no key will follow.
    case hangup
}
