import TestSupport
import Testing
import TreeModel

/// Steps of a tree are taken back one by one: each time it is what it was.
@Suite struct TreeStepsTests {
    @Test(arguments: [false, true], 0..<6 as Range<UInt64>)
    func eachStepBackLeadsToTheTreeBefore(wild: Bool, seed: UInt64) {
        var random = RandomEvents(seed: seed)
        random.wildTimes = wild
        var generator = Seeded(seed)
        var tree = LiveTree()
        // What was not taken as a step stays.
        for _ in 0..<Int.random(in: 0...200, using: &generator) { tree.apply(random.next()) }
        var steps = TreeSteps()
        var before: [[String]] = []
        var events: [TreeEvent] = []
        for _ in 0..<80 {
            before.append(tellsAll(tree))
            let event = random.next()
            events.append(event)
            let settles = Bool.random(using: &generator)
            steps.step(&tree) { tree in
                tree.apply(event)
                if settles { tree.settle() }
            }
        }
        let last = tellsAll(tree)
        let forgotten = Int.random(in: 0...40, using: &generator)
        steps.forget(forgotten, of: &tree)
        #expect(tellsAll(tree) == last, "seed \(seed)")
        for index in before.indices.dropFirst(forgotten).reversed() {
            steps.takeBack(&tree)
            #expect(tellsAll(tree) == before[index], "seed \(seed), step \(index)")
        }
        #expect(steps.count == 0)
        // It goes on from there as it did.
        for event in events.dropFirst(forgotten) { tree.apply(event) }
        #expect(tellsAll(tree) == last, "seed \(seed)")
    }

    @Test func aTreeWithoutStepsKeepsNothing() {
        var random = RandomEvents(seed: 7)
        var tree = LiveTree()
        var steps = TreeSteps()
        steps.step(&tree) { $0.apply(random.next()) }
        steps.forget(of: &tree)
        let event = random.next()
        var other = tree
        tree.apply(event)
        other.apply(event)
        steps.step(&tree) { $0.apply(random.next()) }
        steps.takeBack(&tree)
        #expect(tellsAll(tree) == tellsAll(other))
    }
}
