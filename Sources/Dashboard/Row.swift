import TreeModel

/// One line of the tree.
struct Row: Sendable {
    /// What a row is about. The cursor is on one of these, wherever the row goes.
    enum ID: Hashable, Sendable {
        case task(TaskID)
        /// Alike children of a task, shown as one; nil for roots.
        case group(TaskID?, String)
        /// The children that are too many to list.
        case more(TaskID)
    }

    enum Fold: Sendable { case none, open, closed }

    var id: ID
    /// Its task; of a group the first member, of the rest the parent.
    var slot: LiveTree.Slot
    var depth: Int32
    var fold: Fold = .none
    /// How many tasks it stands for.
    var count: Int32 = 1
    /// The members of a group.
    var members: [LiveTree.Slot] = []
}

/// What alike tasks are called together: the name without its number.
enum Stem {
    /// The stem of a name: `conn` of `conn-12`, `charge` of `charge`.
    static func of(_ name: String) -> String {
        var name = name
        return name.withUTF8 { bytes in
            var end = bytes.count
            while end > 0, isOfNumber(bytes[end - 1]) { end -= 1 }
            guard end > 0, end < bytes.count else { return nil }
            return String(decoding: bytes[..<end], as: UTF8.self)
        } ?? name
    }

    /// Whether it is a digit, or joins a number to a name.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "#"), UInt8(ascii: ":"),
            UInt8(ascii: "_"), UInt8(ascii: " "):
            true
        default: false
        }
    }
}
