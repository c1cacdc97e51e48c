import Recording
import Testing
import TreeModel

/// Folds a log as a whole, and as a reader does that goes on at the keyframe at `begin`: from the end of that keyframe on
/// both have the same tree, and what the check finds is no violation.
/// - Parameters:
///   - behind: how many events that reader read before it fell behind; nil for one that begins at the keyframe.
///   - resume: where it went on, at or before the keyframe's begin; nil is there.
/// - Returns: false if the keyframe is not complete.
@discardableResult
func expectSame(
    _ events: [TreeEvent], from begin: Int, behind: Int?, resume: Int? = nil, _ note: String,
    location: SourceLocation = #_sourceLocation
) -> Bool {
    guard let end = events[begin...].firstIndex(where: { $0.change.kind == .snapshotEnd }) else { return false }
    var late = LiveTree()
    var check = Check()
    func fold(_ event: TreeEvent) {
        late.apply(event)
        check.apply(event)
    }
    if let behind {
        for event in events[..<behind] { fold(event) }
        let resume = resume ?? begin
        let missing = (events[..<behind].last?.seq ?? 0) + 1
        let found = (events[..<resume].last?.seq ?? 0) + 1
        if found > missing {
            fold(TreeEvent(seq: missing, t: events[resume].t, change: .gap(.init(lost: found - missing))))
        }
        for event in events[resume..<begin] { fold(event) }
    }
    var whole = LiveTree()
    for event in events[..<begin] { whole.apply(event) }
    var next = end
    for index in events.indices[begin...] {
        whole.apply(events[index])
        fold(events[index])
        // After the keyframe's last row, a few times until the end, and there.
        guard index == next || index == events.count - 1 else { continue }
        next = index + max(17, 4 * whole.totals.live)
        let difference = Told(whole).difference(from: Told(late))
        let place = "\(note), keyframe at \(begin), at \(index), behind \(behind as Any), resume \(resume as Any)"
        #expect(difference == nil, "\(place): \(difference ?? "")", sourceLocation: location)
        if difference != nil { return true }
    }
    let violations = check.verdict().violations
    #expect(violations.isEmpty, "\(note), keyframe at \(begin): \(violations)", sourceLocation: location)
    return true
}

/// What a tree tells of the present, in the order in which it tells it.
struct Told {
    private var tasks: [TreeEvent.SnapshotTask] = []
    private var away: [TreeEvent.SnapshotTask] = []
    private var resources: [UInt64: [TreeEvent.SnapshotResource]] = [:]
    private var sums: String

    init(_ tree: LiveTree) {
        var tree = tree
        tree.settle()
        for row in tree.snapshotRows() {
            switch row {
            case .snapshotTask(var row):
                // Only the last cascades are remembered.
                row.cause = nil
                guard row.phase != .finished else {
                    // Where it was is not told any more, nor how many children might run.
                    row.started.limit = nil
                    row.started.parent = nil
                    row.started.deadline = nil
                    row.started.grace = nil
                    away.append(row)
                    continue
                }
                // That the releases have begun is told by their rows; of a scope, also that it was closed.
                if row.phase == .releasing { row.phase = .joining }
                if row.started.kind == "scope" { row.phase = .running }
                tasks.append(row)
            case .snapshotResource(let row): resources[row.acquired.task.rawValue, default: []].append(row)
            default: break
            }
        }
        away.sort { $0.started.task < $1.started.task }
        sums = "live \(tree.totals.live), held \(tree.totals.held)"
        sums += ", \(tree.totals.quarantined) quarantined"
        for row in tasks {
            let slot = tree.slot(of: row.started.task)
            sums += ", \(tree.live(slot)) \(tree.held(slot)) at \(tree.depth(slot))"
        }
    }

    func difference(from other: Told) -> String? {
        for (one, two) in zip(tasks, other.tasks) where one != two { return "\(one)\nand not\n\(two)" }
        if tasks.count != other.tasks.count { return "\(tasks.count) tasks and not \(other.tasks.count)" }
        for (one, two) in zip(away, other.away) where one != two { return "away \(one)\nand not\n\(two)" }
        if away.count != other.away.count { return "\(away.count) away and not \(other.away.count)" }
        for (task, rows) in resources where rows != other.resources[task] {
            return "held \(rows)\nand not\n\(other.resources[task] ?? [])"
        }
        if resources.count != other.resources.count {
            return "holders \(resources.keys.sorted()) and not \(other.resources.keys.sorted())"
        }
        return sums == other.sums ? nil : "\(sums) and not \(other.sums)"
    }
}
