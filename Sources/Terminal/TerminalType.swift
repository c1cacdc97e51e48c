import CNCurses
import CTerminal
import Glibc

/// What the terminal database says about a terminal, as far as it is needed before ncurses takes over.
struct TerminalType {
    /// What gives the terminal its looks back, from anywhere on the screen.
    let restoreBytes: [UInt8]
    /// Whether it tells of the mouse when asked to, and what was pasted: a terminal of the xterm kind.
    let hasMouse: Bool
    /// Whether it takes text for the clipboard of its user. The console of Linux has none.
    let hasClipboard: Bool
    /// Whether there is a second screen to leave, with the cursor back where it was.
    let hasSecondScreen: Bool

    /// Looks up `name`.
    init(name: String, output: Int32) throws(TerminalError) {
        guard !name.isEmpty else { throw .typeNotSet }
        var found: Int32 = 0
        let status = name.withCString { setupterm($0, output, &found) }
        guard status == OK, found == 1 else { throw .typeUnknown(name) }
        defer { ct_forget_type() }
        guard Self.string("cup") != nil else { throw .typeTooSimple(name) }
        let leave = Self.string("rmcup")
        hasSecondScreen = leave != nil
        hasMouse = Self.string("kmous") != nil
        hasClipboard = hasMouse && !name.hasPrefix("linux")
        var bytes = hasMouse ? Self.withoutMouse + Self.withoutPastes : []
        for string in ["sgr0", "op", "rmacs", "rmkx", "cnorm"] { bytes += Self.string(string) ?? [] }
        restoreBytes = bytes + (leave ?? [])
    }

    // The same for all that have them, and the database names them late or not at all.
    static let withMouse = Array("\u{1B}[?1000h\u{1B}[?1006h".utf8)
    static let withoutMouse = Array("\u{1B}[?1006l\u{1B}[?1000l".utf8)
    static let withPastes = Array("\u{1B}[?2004h".utf8)
    static let withoutPastes = Array("\u{1B}[?2004l".utf8)

    /// The bytes to write to give the screen back, whose last row is `height - 1`.
    func restoreBytes(height: Int) -> [UInt8] {
        guard !hasSecondScreen, let move = ct_cursor_move(Int32(max(height - 1, 0)), 0) else { return restoreBytes }
        return Self.unpadded(move) + restoreBytes + [0x0D, 0x0A]
    }

    private static func string(_ name: String) -> [UInt8]? {
        guard let value = tigetstr(name), Int(bitPattern: value) != -1 else { return nil }
        return unpadded(value)
    }

    /// A string of the database without its delays (`$<5>`), which are for terminals of old.
    private static func unpadded(_ string: UnsafePointer<CChar>) -> [UInt8] {
        let bytes = String(cString: string).utf8.map { $0 }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x24, index + 1 < bytes.count, bytes[index + 1] == 0x3C,
                let end = bytes[index...].firstIndex(of: 0x3E)
            {
                index = end + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
