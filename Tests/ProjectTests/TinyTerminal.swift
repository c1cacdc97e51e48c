/// As much of a terminal as a `vt100` description makes ncurses use: what the program draws can be read as text.
struct TinyTerminal {
    private(set) var rows: [[Character]]
    private var x = 0
    private var y = 0
    private let width: Int
    private let height: Int
    private var top = 0
    private var bottom: Int
    /// Where the cursor was when it was last saved.
    private var saved = (x: 0, y: 0)
    private var pending: [UInt8] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bottom = height - 1
        rows = Array(repeating: Array(repeating: " ", count: width), count: height)
    }

    /// The screen's rows, without the spaces at their ends.
    var text: String {
        rows.map { row in
            String(row.prefix((row.lastIndex { $0 != " " } ?? -1) + 1))
        }.joined(separator: "\n")
    }

    mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        var index = 0
        while index < pending.count {
            guard let used = step(pending[index...]) else { break }
            index += used
        }
        pending.removeFirst(index)
    }

    /// Takes one character or sequence; nil if it is not complete.
    private mutating func step(_ input: ArraySlice<UInt8>) -> Int? {
        let first = input[input.startIndex]
        switch first {
        case 0x1B: return escape(input)
        case 0x0D: x = 0
        case 0x0A: lineFeed()
        case 0x08: x = max(0, min(x, width - 1) - 1)
        case 0x09: x = min(width - 1, (x / 8 + 1) * 8)
        case 0x00..<0x20, 0x7F: break
        case 0x20..<0x7F: put(Character(Unicode.Scalar(first)))
        default:
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            guard input.count >= length else { return nil }
            put(String(decoding: input.prefix(length), as: UTF8.self).first ?? "?")
            return length
        }
        return 1
    }

    private mutating func put(_ character: Character) {
        if x >= width {
            x = 0
            lineFeed()
        }
        rows[y][x] = character
        x += 1
    }

    private mutating func lineFeed() {
        if y == bottom {
            rows.remove(at: top)
            rows.insert(Array(repeating: " ", count: width), at: bottom)
        } else {
            y = min(height - 1, y + 1)
        }
    }

    private mutating func escape(_ input: ArraySlice<UInt8>) -> Int? {
        guard input.count >= 2 else { return nil }
        let start = input.startIndex
        switch input[start + 1] {
        case UInt8(ascii: "["):
            guard let end = input.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
            let body = String(decoding: input[(start + 2)..<end], as: UTF8.self)
            control(Character(Unicode.Scalar(input[end])), body)
            return end - start + 1
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "#"):
            return input.count >= 3 ? 3 : nil
        case UInt8(ascii: "]"):
            guard let end = input.firstIndex(of: 0x07) else { return nil }
            return end - start + 1
        case UInt8(ascii: "M"):
            if y == top {
                rows.remove(at: bottom)
                rows.insert(Array(repeating: " ", count: width), at: top)
            } else {
                y = max(0, y - 1)
            }
        case UInt8(ascii: "7"): saved = (x, y)
        case UInt8(ascii: "8"): (x, y) = saved
        default: break
        }
        return 2
    }

    private mutating func control(_ final: Character, _ body: String) {
        let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let first = max(1, numbers.first ?? 1)
        switch final {
        case "H", "f":
            y = min(height, first) - 1
            x = min(width, max(1, numbers.count > 1 ? numbers[1] : 1)) - 1
        case "A": y = max(0, y - first)
        case "B": y = min(height - 1, y + first)
        case "C": x = min(width - 1, x + first)
        case "D": x = max(0, x - first)
        case "J":
            clear(from: numbers.first == 2 ? 0 : y * width + min(x, width - 1), to: width * height)
        case "K":
            let row = y * width
            switch numbers.first ?? 0 {
            case 1: clear(from: row, to: row + x + 1)
            case 2: clear(from: row, to: row + width)
            default: clear(from: row + x, to: row + width)
            }
        case "r":
            top = (numbers.first.map { max(1, $0) } ?? 1) - 1
            bottom = (numbers.count > 1 && numbers[1] > 0 ? min(height, numbers[1]) : height) - 1
            x = 0
            y = 0
        default: break
        }
    }

    private mutating func clear(from: Int, to: Int) {
        for place in from..<max(from, to) { rows[place / width][place % width] = " " }
    }
}
