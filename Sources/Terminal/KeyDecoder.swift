import Canvas

/// Makes keys, clicks and pastes of what ncurses reads: bytes, and numbers above 255 for keys that the terminal database
/// knows.
///
/// Sequences that the database does not know are read here, so that a stray one is never taken for a few letters, and
/// so that the usual keys work whatever `TERM` says. It does no input or output and knows no time: after a pause, call
/// ``flush()``.
struct KeyDecoder {
    private enum State: Equatable {
        case ground
        case escape
        /// `ESC [` or `ESC O` and what came since.
        case sequence([UInt8])
        /// The first bytes of a character, and how many are still to come.
        case character([UInt8], missing: Int)
        /// `ESC [ M` of the mouse in its older form, and what came of the three bytes after it.
        case pointer([UInt8])
        case paste
    }

    private static let longestSequence = 64

    private var state = State.ground
    /// The paste that comes, apart from the state: it is not copied for each byte.
    private var paste = PasteReader()

    /// Whether more is needed to tell what was pressed.
    var isWaiting: Bool { state != .ground }

    /// Whether all there is so far is an escape. ncurses has waited already for what could follow it.
    var isBareEscape: Bool { state == .escape }

    /// Whether a paste has begun and not ended. It may take its time.
    var isPasting: Bool { state == .paste }

    /// Takes one number and returns what is known now.
    mutating func feed(_ code: Int32) -> [Input] {
        guard code < 256 else {
            // What looks like a key in pasted text is none.
            if isPasting { return [] }
            let before = flush()
            return before + (NamedKeys.key(of: code).map { [.key($0)] } ?? [])
        }
        guard let byte = UInt8(exactly: code) else { return [] }
        switch state {
        case .ground: return begin(byte)
        case .escape: return continueEscape(byte)
        case .sequence(let bytes): return continueSequence(bytes, byte)
        case .character(let bytes, let missing): return continueCharacter(bytes, missing, byte)
        case .pointer(let bytes): return continuePointer(bytes + [byte])
        case .paste: return paste.take(byte) ? flush() : []
        }
    }

    /// What was pressed, now that nothing follows.
    mutating func flush() -> [Input] {
        defer { state = .ground }
        switch state {
        case .ground: return []
        case .escape: return [.key(.escape)]
        case .sequence(let bytes) where bytes.count == 1: return [.key(.alt(Character(Unicode.Scalar(bytes[0]))))]
        case .sequence(let bytes): return [Self.unknown([0x1B] + bytes)]
        case .character(let bytes, _): return [Self.unknown(bytes)]
        case .pointer(let bytes): return [Self.unknown([0x1B] + Array("[M".utf8) + bytes)]
        case .paste: return paste.text.isEmpty ? [] : [.paste(paste.text)]
        }
    }

    private mutating func begin(_ byte: UInt8) -> [Input] {
        switch byte {
        case 0x1B:
            state = .escape
            return []
        case 0x00..<0x80:
            return [.key(Self.plain(byte))]
        case 0xC2..<0xE0:
            state = .character([byte], missing: 1)
        case 0xE0..<0xF0:
            state = .character([byte], missing: 2)
        case 0xF0..<0xF5:
            state = .character([byte], missing: 3)
        default:
            return [Self.unknown([byte])]
        }
        return []
    }

    private mutating func continueEscape(_ byte: UInt8) -> [Input] {
        switch byte {
        case 0x1B:
            return [.key(.escape)]
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            state = .sequence([byte])
            return []
        default:
            state = .ground
            let keys = begin(byte)
            guard case .key(.character(let character))? = keys.first else { return [.key(.escape)] + keys }
            return [.key(.alt(character))]
        }
    }

    private mutating func continueSequence(_ bytes: [UInt8], _ byte: UInt8) -> [Input] {
        if byte == 0x1B {
            let before = flush()
            state = .escape
            return before
        }
        let sequence = bytes + [byte]
        let application = bytes[0] == UInt8(ascii: "O")
        let more = application ? (0x30...0x39).contains(byte) || byte == 0x3B : (0x20...0x3F).contains(byte)
        let linuxFunction = bytes == [UInt8(ascii: "[")] && byte == UInt8(ascii: "[")
        if more || linuxFunction, sequence.count < Self.longestSequence {
            state = .sequence(sequence)
            return []
        }
        state = .ground
        return complete(sequence)
    }

    private static let oldPointer = Array("[M".utf8)
    private static let pasteBegins = Array("[200~".utf8)
    private static let pasteEnds = Array("[201~".utf8)
    private static let newPointer = Array("[<".utf8)

    private mutating func complete(_ sequence: [UInt8]) -> [Input] {
        switch sequence {
        case Self.oldPointer: state = .pointer([])
        case Self.pasteBegins:
            paste = PasteReader()
            state = .paste
        // The end of a paste that was given up.
        case Self.pasteEnds: return []
        case let pointer where pointer.starts(with: Self.newPointer) && [0x4D, 0x6D].contains(pointer.last):
            return PointerCode.pointer(pointer).map { [.pointer($0)] } ?? []
        default:
            return [NamedKeys.key(of: sequence).map { .key($0) } ?? Self.unknown([0x1B] + sequence)]
        }
        return []
    }

    private mutating func continuePointer(_ bytes: [UInt8]) -> [Input] {
        state = bytes.count < 3 ? .pointer(bytes) : .ground
        return PointerCode.pointer(old: bytes).map { [.pointer($0)] } ?? []
    }

    private mutating func continueCharacter(_ bytes: [UInt8], _ missing: Int, _ byte: UInt8) -> [Input] {
        guard (0x80..<0xC0).contains(byte) else {
            state = .ground
            return [Self.unknown(bytes)] + feed(Int32(byte))
        }
        let sequence = bytes + [byte]
        guard missing == 1 else {
            state = .character(sequence, missing: missing - 1)
            return []
        }
        state = .ground
        guard let text = String(validating: sequence, as: UTF8.self), let character = text.first,
            text.unicodeScalars.allSatisfy({ $0.value >= 0xA0 })
        else { return [Self.unknown(sequence)] }
        return [.key(.character(character))]
    }

    private static func plain(_ byte: UInt8) -> Key {
        switch byte {
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x08, 0x7F: .backspace
        case 0x00: .control(" ")
        case 0x01..<0x1B: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x1B: .escape
        case 0x1C..<0x20: .control(Character(Unicode.Scalar(byte + 0x40)))
        default: .character(Character(Unicode.Scalar(byte)))
        }
    }

    private static func unknown(_ bytes: [UInt8]) -> Input {
        var text = ""
        for byte in bytes {
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += byte == 0x1B ? "^[" : "<" + String(byte, radix: 16) + ">"
            }
        }
        return .key(.unknown(text))
    }
}
