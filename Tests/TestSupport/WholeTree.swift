import TreeModel

/// All that a tree tells, of the present and of what it remembers, as text: two trees that are the same tell the same.
package func tellsAll(_ tree: LiveTree) -> [String] {
    var tree = tree
    tree.settle()
    var told = ["now \(tree.now), seq \(tree.seq), \(tree.totals)"]
    for row in tree.snapshotRows() { told.append("\(row)") }
    var slot = tree.root
    while slot >= 0 {
        told.append("\(tree.info(slot)), \(tree.resources(of: slot))")
        slot = tree.following(slot)
    }
    told += tree.cascades.map { "\($0)" } + tree.drains.map { "\($0)" } + tree.kinds.map { "\($0)" }
    told += tree.badReleases.map { "\($0)" } + tree.ledger(limit: .max).map { "\($0)" }
    told.append("\(tree.pulse), \(tree.shutdown as Any), \(tree.ended as Any), \(tree.lastGap as Any)")
    told += tree.recent(limit: 2_000).map {
        "\($0.t) \($0.what) \($0.task) \($0.name) \($0.parentName) \($0.detail) \($0.duration) \($0.count)"
    }
    let root = tree.root >= 0 ? tree.id(tree.root) : TaskID(1)
    told += tree.ended(below: root).map { "\($0)" }
    told += tree.lines(below: root).map { "\($0.t) \($0.task) \($0.level as Any) \($0.message)" }
    told.append("\(tree.releaseTimes(below: root) as Any)")
    return told
}
