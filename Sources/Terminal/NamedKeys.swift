import CNCurses
import Canvas

/// The keys that have no character.
enum NamedKeys {
    /// The key of a number of ncurses; nil for what is no key press.
    static func key(of code: Int32) -> Key? {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        case KEY_HOME, KEY_A1: .home
        case KEY_END, KEY_C1, KEY_LL: .end
        case KEY_PPAGE, KEY_A3: .pageUp
        case KEY_NPAGE, KEY_C3: .pageDown
        case KEY_ENTER: .enter
        case KEY_BTAB: .backTab
        case KEY_BACKSPACE: .backspace
        case KEY_DC: .delete
        case KEY_IC: .insert
        case (KEY_F0 + 1)...(KEY_F0 + 63): .function(Int(code - KEY_F0))
        case KEY_RESIZE, KEY_MOUSE: nil
        default: .unknown("key \(code)")
        }
    }

    /// The key of what follows an escape: `[A`, `OA`, `[1;5A`, `[3~`, `[[A`.
    static func key(of sequence: [UInt8]) -> Key? {
        guard let final = sequence.last, let kind = sequence.first else { return nil }
        if kind == UInt8(ascii: "["), sequence.count == 3, sequence[1] == kind {
            return (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(final) ? .function(Int(final) - 64) : nil
        }
        let parameters = sequence.dropFirst().dropLast().split(separator: UInt8(ascii: ";"))
        let first = parameters.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        if final == UInt8(ascii: "~") { return first.flatMap(numbered) }
        guard sequence.dropFirst().dropLast().allSatisfy({ $0 < 0x3C }) else { return nil }
        switch Character(Unicode.Scalar(final)) {
        case "A": return .up
        case "B": return .down
        case "C": return .right
        case "D": return .left
        case "H": return .home
        case "F": return .end
        case "Z": return .backTab
        case "M": return kind == UInt8(ascii: "O") ? .enter : nil
        case "P", "Q", "R", "S": return .function(Int(final) - Int(UInt8(ascii: "P")) + 1)
        default: return nil
        }
    }

    private static func numbered(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }
}
