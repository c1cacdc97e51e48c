import TestSupport
import TreeModel

extension Script {
    /// A random one.
    init(seed: UInt64) {
        var writer = ScriptWriter(random: Seeded(seed))
        root = writer.task("root", depth: 0)
        grace = 400_000_000
        handlerBudget = writer.time(300) + 1_000_000
        shutdown = writer.chance(2) ? writer.shutdown() : nil
        horizon = 8_000_000_000
    }
}

private struct ScriptWriter {
    /// What a body has opened by the step that is written.
    struct Opened {
        /// Those that can be lent, or named in an order: no leases.
        var named: [Int] = []
        var count = 0
        var released: Set<Int> = []
    }

    var random: Seeded
    /// All tasks so far, to be cancelled by name.
    var names: [String] = []

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    mutating func time(_ most: Int) -> Int64 { Int64.random(in: 1...Int64(most) * 1_000_000, using: &random) }

    /// A task that is there already, often one of the last.
    private mutating func someName() -> String {
        let recent = chance(2) ? names.suffix(4) : names[...]
        return recent[recent.startIndex + below(recent.count)]
    }

    mutating func shutdown() -> ShutdownScript {
        let (first, (total, draining)) = (time(3000), budgets(1500))
        return ShutdownScript(
            asks: chance(3) ? [first, first + time(500)] : [first], total: total, draining: draining)
    }

    /// A total, and how much of it goes to draining: none or a part.
    private mutating func budgets(_ most: Int) -> (total: Int64, draining: Int64) {
        let total = time(most) + 1
        return (total, chance(3) ? 0 : Int64.random(in: 1..<total, using: &random))
    }

    mutating func task(_ name: String, depth: Int, lentOf lender: Opened = Opened()) -> TaskScript {
        names.append(name)
        var opened = Opened()
        var steps: [(Int64, TaskScript.Step)] = []
        for index in 0..<below(depth == 0 ? 9 : 7) {
            steps.append((time(chance(6) ? 600 : 40), step("\(name).\(index)", depth, &opened)))
        }
        let lent = chance(2) ? some(of: lender.named) : []
        // What is lent is there for those who are abandoned.
        let isToBeAbandoned = !lent.isEmpty && chance(2)
        let end: TaskScript.End =
            switch below(10) {
            case _ where isToBeAbandoned: .ignores(time(2000))
            case 0, 1: .fails
            case 2, 3: .waitsForCancel
            case 4: .waitsForCancelAndFails
            case 5: .ignores(time(2000))
            default: .returns
            }
        return TaskScript(
            name: name, scope: scope(), deadline: chance(isToBeAbandoned ? 2 : 5) ? time(900) : nil, lent: lent,
            steps: steps, end: (time(100), end))
    }

    private mutating func scope() -> ScopeScript {
        var scope = ScopeScript()
        switch below(8) {
        case 0, 1: scope.policy = .isolate
        case 2, 3:
            scope.policy = .restart
            scope.restarts = RestartScript(
                limit: below(4), window: time(chance(2) ? 300 : 3000), backoff: chance(4) ? 0 : time(100),
                longestBackoff: time(300))
        default: scope.policy = .failFast
        }
        if chance(2) { scope.limit = 1 + below(2) }
        return scope
    }

    private mutating func some(of places: [Int]) -> [Int] { places.filter { _ in chance(2) } }

    private mutating func step(_ name: String, _ depth: Int, _ opened: inout Opened) -> TaskScript.Step {
        switch below(depth < 3 ? 22 : 14) {
        case 0, 1, 2: return .own(resource(name, &opened))
        case 3: return .open(resource(name, &opened))
        case 4: return .lease(resource(name, &opened, isLease: true))
        case 5, 6:
            let place = below(3)
            opened.released.insert(place)
            return .release(place)
        case 7: return .drop(below(max(1, opened.count)))
        case 8: return .sleep(time(700))
        case 9: return .awaitDrain
        case 10: return .handle(HandlerScript(name: "h\(name)", call: chance(2) ? .cancel : .drain, takes: time(400)))
        case 11: return .cancel(chance(6) ? "root" : someName())
        case 12: return .drain(chance(4) ? "root" : someName())
        case 13: return chance(2) ? .sleep(time(300)) : .own(resource(name, &opened))
        case 14, 15, 16, 17, 18: return .spawn(task(name, depth: depth + 1, lentOf: opened))
        case 19: return .call(task(name, depth: depth + 1))
        default: return .group(group(name, depth, opened))
        }
    }

    private mutating func group(_ name: String, _ depth: Int, _ lender: Opened) -> GroupScript {
        var opened = Opened()
        var end = GroupScript.End.left
        // A body that fails while it opens a controller drops it.
        var mayFail = true
        switch below(4) {
        case 0: break
        case 1: end = .closed
        default:
            let (total, draining) = budgets(700)
            end = .stopped(pause: time(300), total: total, draining: draining)
            mayFail = false
        }
        return GroupScript(
            name: name, scope: scope(),
            resources: (0..<below(3)).map { place in
                resource("\(name)/r\(place)", &opened, mayFail: mayFail)
            },
            children: (0..<below(5)).map { task("\(name)/\($0)", depth: depth + 1, lentOf: lender) }, end: end)
    }

    private mutating func resource(
        _ name: String, _ opened: inout Opened, isLease: Bool = false, mayFail: Bool = true
    ) -> ResourceScript {
        let known = opened.named.filter { !opened.released.contains($0) }
        if !isLease { opened.named.append(opened.count) }
        opened.count += 1
        let opens = time(chance(4) ? 900 : 60)
        return ResourceScript(
            name: "r\(name)", opens: opens, failsToOpen: mayFail && chance(12),
            releases: chance(4) ? 0 : time(200),
            failsToRelease: chance(6), budget: time(chance(4) ? 150 : 3000) + 1_000_000,
            after: chance(3) ? some(of: known) : nil)
    }
}
