import TestSupport
import Testing
import TreeModel

@Suite struct TreeDiffTests {
    private func events(_ changes: [TreeEvent.Change]) -> [TreeEvent] {
        changes.enumerated().map { TreeEvent(seq: UInt64($0 + 1), t: Int64($0 + 1), change: $1) }
    }

    /// What differs behind so many of these events.
    private func changes(_ events: [TreeEvent], behind count: Int) -> TreeDiff.Changes {
        var tree = LiveTree()
        for event in events.prefix(count) { tree.apply(event) }
        var diff = TreeDiff(from: tree)
        for event in events.dropFirst(count) {
            diff.note(event)
            tree.apply(event)
        }
        return diff.changes(to: tree)
    }

    private func started(_ task: UInt64, _ parent: UInt64? = 1) -> TreeEvent.Change {
        .taskStarted(.init(task: TaskID(task), parent: parent.map { TaskID($0) }, name: "t\(task)"))
    }
    private func finished(_ task: UInt64, _ outcome: Outcome) -> TreeEvent.Change {
        .taskFinished(
            .init(
                task: TaskID(task), outcome: outcome, error: outcome == .failed ? Failure(type: "E", message: "m") : nil
            ))
    }
    private func acquired(_ resource: UInt64, _ task: UInt64) -> TreeEvent.Change {
        .resourceAcquired(.init(resource: ResourceID(resource), task: TaskID(task), name: "r\(resource)"))
    }
    private func released(_ resource: UInt64, _ task: UInt64) -> TreeEvent.Change {
        .resourceReleased(.init(resource: ResourceID(resource), task: TaskID(task), outcome: .failed, duration: 1))
    }

    @Test func whatStartedEndedWasAcquiredReleasedAndChanged() {
        let before = [started(1, nil), started(2), started(3), started(4), acquired(1, 2), acquired(2, 3)]
        let after: [TreeEvent.Change] = [
            started(5), acquired(3, 5), started(6, 5), acquired(4, 6), released(4, 6), finished(6, .succeeded),
            released(1, 2), finished(2, .failed),
            .taskWaiting(.init(task: TaskID(3), on: WaitTarget(kind: "lock"), since: 9)),
            .resourceReleasing(.init(resource: ResourceID(2), task: TaskID(3))), finished(4, .abandoned),
            .gap(.init(lost: 3)),
        ]
        let changes = changes(events(before + after), behind: before.count)
        #expect(changes.started.map(\.path) == ["t1/t5"])
        #expect(changes.ended.map(\.path) == ["t1/t2"])
        #expect(changes.ended.first?.outcome == .failed && changes.ended.first?.error?.message == "m")
        #expect(changes.acquired.map(\.row.acquired.name) == ["r3"] && changes.acquired.first?.path == "t1/t5")
        #expect(changes.released.map(\.row.acquired.name) == ["r1"] && changes.released.first?.outcome == .failed)
        #expect(changes.passingTasks == 1 && changes.passingResources == 1 && changes.lost == 3)
        #expect(changes.changed.map(\.after.path) == ["t1/t3", "t1/t4"])
        #expect(changes.changed.first?.after.row.on?.kind == "lock")
        #expect(changes.changed.last?.after.outcome == .abandoned)
        #expect(changes.changedResources.map(\.after.row.phase) == [.releasing])
    }

    /// Between any two instants: what was there, without what ended and with what started, is what is there.
    @Test func theTwoInstantsAndTheirDifferenceAgree() {
        let seed = Seeds.any()
        var random = RandomEvents(seed: seed)
        let events = (0..<1_500).map { _ in random.next() }
        func ids(_ count: Int) -> Set<TaskID> {
            var tree = LiveTree()
            for event in events.prefix(count) { tree.apply(event) }
            return Set(
                tree.snapshotRows().compactMap { row in
                    if case .snapshotTask(let row) = row { row.started.task } else { nil }
                })
        }
        let end = ids(events.count)
        for count in stride(from: 0, through: events.count, by: 300) {
            let changes = changes(events, behind: count)
            let ended = Set(changes.ended.map(\.row.started.task))
            let started = Set(changes.started.map(\.row.started.task))
            #expect(ids(count).subtracting(ended).union(started) == end, "seed \(seed), from \(count)")
        }
        let nothing = changes(events, behind: events.count)
        #expect(nothing.changed.isEmpty && nothing.started.isEmpty && nothing.ended.isEmpty)
    }
}
