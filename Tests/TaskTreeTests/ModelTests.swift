import TaskTree
import TaskTreeTesting
import Testing

/// Random scripts of tasks, policies, resources, cancels, deadlines and failures: the engine does what a plain model says,
/// to the nanosecond, in whatever order its steps come.
///
/// A failure prints its seed; `TREETOP_SEED=n` runs that script alone. `TREETOP_SCRIPTS=n` runs more of them.
@Suite struct ModelTests {
    @Test func theEngineDoesWhatThePlainModelSays() async {
        var failures = 0
        for seed in seeds(1500, variable: "TREETOP_SCRIPTS") where failures < 3 {
            let script = Script(seed: seed)
            let expected = ScriptModel.outcome(of: script)
            // The same script under two orders of steps.
            for order in [seed, ~seed] {
                let run = ScriptRun(grace: script.grace, seed: order)
                do {
                    let differences = try await run.run(script).differences(to: expected)
                    if differences.isEmpty { continue }
                    failures += 1
                    Issue.record("TREETOP_SEED=\(seed): \(differences.joined(separator: "\n"))\n\(script)")
                } catch {
                    failures += 1
                    Issue.record("TREETOP_SEED=\(seed): \(error)\n\(script)")
                }
                break
            }
        }
    }

    /// The scripts have in them what they are there for.
    @Test func theScriptsMeetEveryKindOfEnd() {
        var kinds: Set<String> = []
        for seed in 0..<300 as Range<UInt64> {
            let outcome = ScriptModel.outcome(of: Script(seed: seed))
            for end in outcome.tasks.values {
                kinds.insert("\(end.outcome.name) \(end.cause?.name ?? "")")
                if end.errors.count > 1 { kinds.insert("several errors") }
                if end.returned != nil { kinds.insert("returned") }
                if end.releases.count > 2 { kinds.insert("several releases") }
            }
            for end in outcome.resources.values {
                if let released = end.released { kinds.insert("released \(released.name)") }
                if end.isQuarantined { kinds.insert("quarantined") }
                if let returned = end.returned { kinds.insert("late \(returned.name)") }
            }
        }
        for kind in [
            "succeeded ", "failed ", "failed user", "failed deadline", "failed failure", "cancelled user",
            "cancelled deadline", "cancelled failure", "succeeded user", "abandoned user", "abandoned deadline",
            "abandoned failure", "several errors", "returned", "several releases", "released ok", "released failed",
            "released timedOut", "quarantined", "late ok", "late failed",
        ] {
            #expect(kinds.contains(kind), "no script in 300 has: \(kind)")
        }
    }
}
