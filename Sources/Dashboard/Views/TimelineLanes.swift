import TreeModel

/// The tasks of a timeline that have left the tree, below their parents; where rows are shared, each stands for alike ones
/// that came one after the other and have nothing below them.
struct TimelineLanes {
    private let gone: [TaskID: LiveTree.Ended]
    private let isShared: Bool
    /// What the cursor is on keeps its row.
    private let held: ViewRows.ID?
    private var children: [TaskID: [LiveTree.Ended]] = [:]
    /// Rows that tasks share, by the first of them.
    private var lanes: [TaskID: [LiveTree.Ended]] = [:]
    private var placed: Set<TaskID> = []

    init(_ gone: [TaskID: LiveTree.Ended], isShared: Bool, held: ViewRows.ID?) {
        self.gone = gone
        self.held = held
        self.isShared = isShared
        for ended in gone.values.sorted(by: { ($0.startedAt, $0.task) < ($1.startedAt, $1.task) }) {
            if let parent = ended.parent { children[parent, default: []].append(ended) }
        }
    }

    /// The tasks of a row, the first of which names it.
    func lane(_ task: TaskID) -> [LiveTree.Ended]? { lanes[task] ?? gone[task].map { [$0] } }

    /// The first tasks of the rows below a task.
    mutating func below(_ parent: TaskID) -> [(start: Int64, task: TaskID)] {
        guard let children = children[parent] else { return [] }
        guard isShared else { return children.map { ($0.startedAt, $0.task) } }
        var firsts: [LiveTree.Ended] = []
        var open: [String: [TaskID]] = [:]
        for ended in children {
            let stem = Stem.of(ended.name)
            if self.children[ended.task] == nil, held != .task(ended.task) {
                let free = open[stem]?.first { (lanes[$0]?.last?.finishedAt ?? .max) <= ended.startedAt }
                if let free {
                    lanes[free]?.append(ended)
                    placed.insert(ended.task)
                    continue
                }
                open[stem, default: []].append(ended.task)
                lanes[ended.task] = [ended]
            }
            firsts.append(ended)
        }
        return firsts.map { ($0.startedAt, $0.task) }
    }

    /// Those that are in no row.
    func left(by seen: Set<TaskID>) -> [LiveTree.Ended] {
        gone.values.filter { !seen.contains($0.task) && !placed.contains($0.task) }.sorted { $0.task < $1.task }
    }
}
