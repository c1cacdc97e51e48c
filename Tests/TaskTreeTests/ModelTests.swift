import TaskTree
import TaskTreeTesting
import TestSupport
import Testing

/// Random scripts of tasks with policies, limits, restarts, deadlines and failures, resources with orders of their own,
/// leases and loans, cancels, drains and shutdowns: the engine does what a plain model says, to the nanosecond, in
/// whatever order its steps come.
///
/// Of the scripts that fail the shortest is printed with its seed; `TREETOP_SEED=n` runs that one alone.
/// `TREETOP_SCRIPTS=n` runs more of them.
@Suite struct ModelTests {
    @Test func theEngineDoesWhatThePlainModelSays() async {
        var failures = 0
        var shortest: (text: String, script: String)?
        for seed in Seeds.range(1500, variable: "TREETOP_SCRIPTS") {
            let script = Script(seed: seed)
            guard let fault = await fault(of: script, seed) else { continue }
            failures += 1
            let text = "\(script)"
            if text.count < shortest?.script.count ?? .max {
                shortest = ("TREETOP_SEED=\(seed): \(fault)\n\(text)", text)
            }
        }
        if let shortest { Issue.record("\(failures) failed, the shortest of them \(shortest.text)") }
    }

    /// What the engine does otherwise than the model, under two orders of steps.
    private func fault(of script: Script, _ seed: UInt64) async -> String? {
        let expected = ScriptModel.outcome(of: script)
        for order in [seed, ~seed] {
            do {
                let differences = try await ScriptRun(script, seed: order).run().differences(to: expected)
                if !differences.isEmpty { return differences.joined(separator: "\n") }
            } catch { return "\(error)" }
        }
        return nil
    }

    /// The scripts have in them what they are there for.
    @Test func theScriptsMeetEveryKindOfEnd() {
        var kinds: Set<String> = []
        for seed in 0..<1000 as Range<UInt64> {
            kinds.formUnion(ScriptModel.outcome(of: Script(seed: seed)).kinds)
        }
        for kind in [
            "succeeded ", "failed ", "failed user", "failed deadline", "failed failure", "cancelled user",
            "cancelled deadline", "cancelled failure", "cancelled signal", "cancelled shutdown", "succeeded user",
            "abandoned user", "abandoned deadline", "abandoned failure", "abandoned shutdown", "several errors",
            "returned", "began later", "never began", "third attempt", "drained by itself", "drained from above",
            "released ok", "released failed", "released timedOut", "released leaked", "quarantined",
            "quarantined twice", "late ok", "late failed", "released together", "drain", "handler", "root draining",
            "root cancelling", "root releasing", "root done", "controller draining", "controller cancelling",
            "controller releasing", "controller done",
        ] {
            #expect(kinds.contains(kind), "no script in 1000 has: \(kind)")
        }
    }
}

extension ScriptOutcome {
    /// What is remarkable in it, in words.
    fileprivate var kinds: Set<String> {
        var kinds: Set<String> = []
        for (key, end) in tasks {
            kinds.insert("\(end.outcome?.name ?? "never over") \(end.cause?.name ?? "")")
            if end.errors.count > 1 { kinds.insert("several errors") }
            if end.returned != nil { kinds.insert("returned") }
            if let began = end.began, began > end.started { kinds.insert("began later") }
            if end.began == nil, end.cause == .user { kinds.insert("never began") }
            if key.hasSuffix("#3") { kinds.insert("third attempt") }
            if let root = end.drainedWith { kinds.insert(root == key ? "drained by itself" : "drained from above") }
        }
        for end in resources.values {
            if let released = end.released { kinds.insert("released \(released.name)") }
            if end.quarantined > 0 { kinds.insert("quarantined") }
            if end.quarantined > 1 { kinds.insert("quarantined twice") }
            if let returned = end.returned { kinds.insert("late \(returned.name)") }
        }
        let begins = resources.values.compactMap(\.began)
        if Set(begins).count < begins.count { kinds.insert("released together") }
        if !drains.isEmpty { kinds.insert("drain") }
        if !handlers.isEmpty { kinds.insert("handler") }
        for (key, phases) in shutdowns {
            for phase in phases {
                kinds.insert("\(key == "root" ? key : "controller") \(phase.prefix { $0 != " " })")
            }
        }
        return kinds
    }
}
