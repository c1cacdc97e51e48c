import TreeModel

/// Trees as they stood here and there in a session, from which a replay folds on. Bounded: by their number, and by how
/// many tasks they have together; where there are too many every second one goes.
struct Checkpoints {
    struct Entry {
        var position: Int
        var tree: LiveTree
    }
    private static let most = 64
    private static let mostTasks = 1 << 18
    /// No larger tree is kept.
    static let largest = mostTasks / 2
    private static let leastApart = 2_048
    /// A tree of more tasks than this is kept the more rarely the larger it is: once it changes it is copied, in one go.
    private static let soonCopied = 16_384

    /// In the order of their positions.
    private(set) var entries: [Entry] = []
    private var tasks = 0

    /// The last one from which a position and an instant can be reached.
    func last(before position: Int, at instant: Int64) -> Entry? {
        entries.last { $0.position <= position && $0.tree.now <= instant }
    }

    /// Whether another one at this position would be of use: they are apart as the session is long and the tree large.
    func wants(_ position: Int, _ tree: LiveTree) -> Bool {
        guard tree.count <= Self.largest else { return false }
        let index = entries.lastIndex { $0.position <= position }
        let before = index.map { entries[$0].position } ?? 0
        let span = max(position, entries.last?.position ?? 0) - (entries.first?.position ?? 0)
        let rarely = 2 * tree.count * (1 + tree.count / Self.soonCopied)
        let apart = max(Self.leastApart, rarely, span / (Self.most / 2))
        if let index, index + 1 < entries.count, entries[index + 1].position - position < apart { return false }
        return position - before >= apart
    }

    mutating func add(_ position: Int, _ tree: LiveTree) {
        let index = (entries.lastIndex { $0.position <= position } ?? -1) + 1
        entries.insert(Entry(position: position, tree: tree), at: index)
        tasks += tree.count
        while entries.count > Self.most || tasks > Self.mostTasks && entries.count > 2 { thin() }
    }

    /// Every second one goes; the first and the last stay.
    private mutating func thin() {
        let last = entries.count - 1
        entries = entries.enumerated().filter { $0.offset % 2 == 0 || $0.offset == last }.map(\.element)
        tasks = entries.reduce(0) { $0 + $1.tree.count }
    }

    /// Lets those go before a position.
    mutating func drop(before position: Int) {
        guard let first = entries.first, first.position < position else { return }
        entries.removeAll { $0.position < position }
        tasks = entries.reduce(0) { $0 + $1.tree.count }
    }
}
