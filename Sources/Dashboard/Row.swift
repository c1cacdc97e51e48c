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
        let text = name.utf8
        var end = text.endIndex
        while end > text.startIndex {
            let byte = text[text.index(before: end)]
            let isNumber = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            let joins =
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ":")
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: " ")
            guard isNumber || joins else { break }
            end = text.index(before: end)
        }
        guard end > text.startIndex, end < text.endIndex else { return name }
        return String(name[..<end])
    }
}
