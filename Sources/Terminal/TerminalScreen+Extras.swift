import CTerminal
import Canvas

/// What terminals of the xterm kind can beyond cells and keys.
extension TerminalScreen {
    /// The longest text that is put on a clipboard. Terminals drop what is much longer.
    private static let longestCopy = 48 << 10
    /// A second press within as many milliseconds is one with the first.
    private static let secondPressWithin: Int64 = 400

    /// Puts text on the clipboard of the terminal's user, wherever the terminal is. False where it has none, or where the
    /// text is too long; a terminal that does not allow it says nothing.
    public func copy(_ text: String) -> Bool {
        guard type.hasClipboard, !hungUp, !text.isEmpty, text.utf8.count <= Self.longestCopy else { return false }
        return send(Array("\u{1B}]52;c;".utf8) + Base64.encoded(Array(text.utf8)) + [0x07])
    }

    /// Has the terminal tell of the mouse and of pastes, or no longer.
    func tellOfMouse(_ isOn: Bool) {
        guard type.hasMouse else { return }
        var bytes = isOn ? TerminalType.withPastes : TerminalType.withoutPastes
        if options.usesMouse { bytes += isOn ? TerminalType.withMouse : TerminalType.withoutMouse }
        _ = send(bytes)
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { ct_send($0.baseAddress, $0.count) }
    }

    /// A press in the place of the one before is its second, if it comes soon; a third is a first again.
    func countPresses(_ pointer: Pointer, at time: Int64) -> Pointer {
        guard pointer.act == .press else { return pointer }
        if let last = lastPress, last.pointer.y == pointer.y, abs(last.pointer.x - pointer.x) <= 1,
            time - last.time <= Self.secondPressWithin
        {
            lastPress = nil
            return Pointer(.secondPress, x: pointer.x, y: pointer.y)
        }
        lastPress = (pointer, time)
        return pointer
    }
}

/// Bytes as letters, as RFC 4648 has it.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                text.append(index <= count ? letters[Int(group >> (18 - 6 * UInt32(index)) & 63)] : 0x3D)
            }
        }
        return text
    }
}
