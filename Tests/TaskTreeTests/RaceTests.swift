import EventBus
import TaskTree
import TaskTreeTesting
import TestSupport
import Testing
import TreeModel

/// Two things at once in a tiny tree, in thousands of orders: each keeps the promises and what the race must guarantee.
///
/// A failure prints its seed; `TREETOP_SEED=n` runs that schedule alone. `TREETOP_RACES=n` runs more of each.
@Suite struct RaceTests {
    @Test(arguments: Race.allCases) func everyOrderOfStepsKeepsWhatTheRaceMustGuarantee(_ race: Race) async {
        var failures = 0
        for seed in Seeds.range(2000, variable: "TREETOP_RACES") where failures < 3 {
            let arena = Arena(seed: seed)
            do {
                try await arena.tree.drive {
                    try await race.run(arena)
                    try await arena.judge()
                }
            } catch {
                failures += 1
                Issue.record("\(race), TREETOP_SEED=\(seed): \(error)\n\(arena.tree.trace.joined(separator: "\n"))")
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: Race.allCases) func soDoesEachOnRealThreads(_ race: Race) async {
        var failures = 0
        for seed in Seeds.range(100, variable: "TREETOP_RACES") where failures < 3 {
            let arena = Arena(seed: seed, onThreads: true)
            do {
                try await race.run(arena)
                try await arena.judge()
            } catch {
                failures += 1
                Issue.record("\(race), seed \(seed): \(error)\n\(arena.tree.trace.joined(separator: "\n"))")
            }
        }
    }
}

enum Race: String, CaseIterable, CustomTestStringConvertible {
    case spawnAgainstCancel, spawnAgainstTheLastChildsEnd, spawnAgainstClose
    case acquireAgainstDeadline, acquireAgainstAbandonment, earlyReleaseAgainstClose, earlyReleaseAgainstCancel
    case errorsAtOnce, errorAgainstCancel, cancelAgainstCancel
    case handlerAgainstCancel, handlerAgainstTheBodysEnd, handlerAgainstDrain

    var testDescription: String { rawValue }

    func run(_ arena: Arena) async throws {
        switch self {
        case .spawnAgainstCancel: try await spawnAgainstCancel(arena)
        case .spawnAgainstTheLastChildsEnd: try await spawnAgainstTheLastChildsEnd(arena)
        case .spawnAgainstClose: try await spawnAgainstClose(arena)
        case .acquireAgainstDeadline: try await acquireAgainstDeadline(arena)
        case .acquireAgainstAbandonment: try await acquireAgainstAbandonment(arena)
        case .earlyReleaseAgainstClose: try await earlyReleaseAgainstClose(arena)
        case .earlyReleaseAgainstCancel: try await earlyReleaseAgainstCancel(arena)
        case .errorsAtOnce: try await errorsAtOnce(arena)
        case .errorAgainstCancel: try await errorAgainstCancel(arena)
        case .cancelAgainstCancel: try await cancelAgainstCancel(arena)
        case .handlerAgainstCancel: try await handlerAgainstCancel(arena)
        case .handlerAgainstTheBodysEnd: try await handlerAgainstTheBodysEnd(arena)
        case .handlerAgainstDrain: try await handlerAgainstDrain(arena)
        }
    }
}
