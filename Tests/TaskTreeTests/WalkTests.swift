import EventBus
import TestSupport
import Testing
import TreeModel

@testable import TaskTree

/// The walks of a keyframe, a step at a time, while nodes come and go.
@Suite struct WalkTests {
    private let engine = TreeEngine(log: EventLog(SessionInfo(name: "walk")))

    private func node(_ id: UInt64) -> Node {
        let node = Node(name: "n", engine: engine, policy: .failFast, isGroup: false, isCaught: false, values: nil)
        node.settleIn(id: TaskID(id), grace: 0, deadline: .max, since: 0, nil)
        return node
    }

    private func hold(_ node: Node) -> ResourceEntry {
        let entry = ResourceEntry("r", nil, isAtOnce: true)
        entry.settleIn(node, ResourceTerms(budget: 0))
        entry.settleIn(id: ResourceID(1), since: 0)
        entry.push()
        return entry
    }

    @Test func aWalkMeetsEachNodeThatStaysOnceAndInOrder() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = Seeded(seed)
            let table = NodeTable()
            var live: [UInt64: Node] = [:]
            var last: UInt64 = 0
            func insert(_ count: Int) {
                for _ in 0..<count {
                    last += UInt64.random(in: 1...40, using: &random)
                    live[last] = node(last)
                    table.insert(live[last]!)
                }
            }
            insert(100)
            let known = last
            var staying = Set(live.keys)
            var met: [UInt64] = []
            table.beginWalk()
            while let found = table.walk(), found.id.rawValue <= known {
                #expect(live[found.id.rawValue] === found, "seed \(seed): \(found.id) is gone")
                met.append(found.id.rawValue)
                // Often what the walk stands at, or comes to next, leaves.
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let all = live.keys.sorted()
                    let near = Array(all.filter { $0 + 3 > met.last! }.prefix(3))
                    let some = Bool.random(using: &random) ? near : all
                    guard let gone = some.randomElement(using: &random) else { continue }
                    table.remove(TaskID(gone))
                    live[gone] = nil
                    staying.remove(gone)
                }
                if Bool.random(using: &random) { insert(1) }
            }
            #expect(met == met.sorted() && Set(met).count == met.count, "seed \(seed): \(met)")
            #expect(staying.subtracting(met).isEmpty, "seed \(seed): \(staying.subtracting(met)) left out")
        }
    }

    @Test func noStrayAndNobodyWhoStillHoldsSomethingIsLeftOut() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = Seeded(seed)
            var strays = Strays()
            var nodes: [UInt64: Node] = [:]
            var entries: [UInt64: ResourceEntry] = [:]
            var last: UInt64 = 0
            /// Those of which a walk must meet each: as a stray, or as one that holds something.
            var staying: Set<UInt64> = []
            func change() {
                switch UInt8.random(in: 0...3, using: &random) {
                case 0, 1:
                    last += 1
                    nodes[last] = node(last)
                    if Bool.random(using: &random) { entries[last] = hold(nodes[last]!) }
                    strays[TaskID(last)] = nodes[last]
                case 2:
                    // It returns; what it holds is released later.
                    guard let id = nodes.keys.sorted().randomElement(using: &random) else { return }
                    strays[TaskID(id)] = nil
                    if entries[id] == nil { staying.remove(id) }
                default:
                    guard let id = entries.keys.sorted().randomElement(using: &random) else { return }
                    guard strays[TaskID(id)] == nil else { return }
                    entries.removeValue(forKey: id)?.remove()
                    staying.remove(id)
                }
            }
            for _ in 0..<100 { change() }
            staying = Set(nodes.keys.filter { strays[TaskID($0)] != nil || entries[$0] != nil })
            var met: Set<UInt64> = []
            var place = strays.count
            while place > 0 {
                place -= 1
                if let node = strays.stray(at: place) { met.insert(node.id.rawValue) }
                for _ in 0..<Int.random(in: 0...3, using: &random) { change() }
            }
            place = strays.holderCount
            while place > 0 {
                place -= 1
                if let node = strays.holder(at: place) { met.insert(node.id.rawValue) }
                for _ in 0..<Int.random(in: 0...3, using: &random) { change() }
            }
            #expect(staying.subtracting(met).isEmpty, "seed \(seed): \(staying.subtracting(met)) left out")
            for entry in entries.values { entry.remove() }
        }
    }

    @Test func thoseWhoHoldNothingAnyMoreDoNotPileUp() {
        var strays = Strays()
        for id in 1...1_000 as ClosedRange<UInt64> {
            let node = node(id)
            let entry = hold(node)
            strays[node.id] = node
            strays[node.id] = nil
            #expect(strays.holderCount == 1)
            #expect(strays.idleHolders().isEmpty)
            entry.remove()
            #expect(strays.idleHolders().map(\.id) == [node.id] && strays.holderCount == 0)
        }
    }
}
