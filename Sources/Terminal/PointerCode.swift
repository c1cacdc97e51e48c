import Canvas

/// What terminals send for the mouse.
enum PointerCode {
    /// What `ESC [ < button ; column ; row M` says (of SGR, mode 1006); nil for what is no press and no turn of the
    /// wheel. The sequence is given without its escape.
    static func pointer(_ sequence: [UInt8]) -> Pointer? {
        let numbers = sequence.dropFirst(2).dropLast().split(separator: UInt8(ascii: ";")).map {
            Int(String(decoding: $0, as: UTF8.self))
        }
        guard numbers.count == 3, sequence.last == UInt8(ascii: "M"), let button = numbers[0], let column = numbers[1],
            let row = numbers[2]
        else { return nil }
        return pointer(button: button, column: column, row: row)
    }

    /// What `ESC [ M` and three more bytes say, where a terminal knows the older form only.
    static func pointer(old bytes: [UInt8]) -> Pointer? {
        let numbers = bytes.map { Int($0) - 32 }
        return numbers.count == 3 ? pointer(button: numbers[0], column: numbers[1], row: numbers[2]) : nil
    }

    private static let modifiers = 4 | 8 | 16

    private static func pointer(button: Int, column: Int, row: Int) -> Pointer? {
        guard column > 0, row > 0, button >= 0 else { return nil }
        let act: Pointer.Act? =
            switch button & ~modifiers {
            case 0: .press
            case 64: .wheelUp
            case 65: .wheelDown
            default: nil
            }
        return act.map { Pointer($0, x: column - 1, y: row - 1) }
    }
}
