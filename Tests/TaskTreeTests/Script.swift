import TestSupport
import TreeModel

/// What a random tree does, step by step, as plain data: the engine runs it, and so does the model.
///
/// Before each step its body pauses for a length of its own, in nanoseconds, heeding no cancel: no two things but those
/// that follow from each other happen at the same instant. So what comes out, and when, does not hang on the order in
/// which the engine's jobs run.
struct Script: CustomStringConvertible {
    let root: TaskScript
    /// In nanoseconds, as all times here.
    let grace: Int64
    /// When the root is cancelled if it is not over.
    let horizon: Int64

    var description: String { "grace \(grace), horizon \(horizon)\n" + root.lines("").joined(separator: "\n") }
}

struct TaskScript: Sendable {
    enum Step: Sendable {
        case own(ResourceScript)
        /// Opening takes its time, and sees no cancel.
        case open(ResourceScript)
        /// Gives back what was opened as the n-th, before the end.
        case release(Int)
        case spawn(TaskScript)
        /// As a call whose error is swallowed.
        case call(TaskScript)
        case group(GroupScript)
        case sleep(Int64)
        case cancel(String)
    }
    enum End: Sendable {
        case returns, fails
        case waitsForCancel, waitsForCancelAndFails
        /// Goes on for so long, whatever happens.
        case ignores(Int64)
    }
    let name: String
    let policy: Policy
    let deadline: Int64?
    let steps: [(pause: Int64, step: Step)]
    let end: (pause: Int64, End)
}

struct GroupScript: Sendable {
    let name: String
    let policy: Policy
    let resources: [ResourceScript]
    let children: [TaskScript]
    let isClosed: Bool
}

struct ResourceScript: Sendable {
    let name: String
    let opens: Int64
    let failsToOpen: Bool
    let releases: Int64
    let failsToRelease: Bool
    let budget: Int64
}

extension Script {
    /// A random one.
    init(seed: UInt64) {
        var writer = ScriptWriter(random: Seeded(seed))
        root = writer.task("root", depth: 0)
        grace = 400_000_000
        horizon = 8_000_000_000
    }
}

private struct ScriptWriter {
    var random: Seeded
    /// All tasks so far, to be cancelled by name.
    var names: [String] = []

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    mutating func time(_ most: Int) -> Int64 { Int64.random(in: 1...Int64(most) * 1_000_000, using: &random) }

    mutating func task(_ name: String, depth: Int) -> TaskScript {
        names.append(name)
        var steps: [(Int64, TaskScript.Step)] = []
        for index in 0..<below(depth == 0 ? 8 : 6) {
            steps.append((time(chance(6) ? 600 : 40), step("\(name).\(index)", depth)))
        }
        let end: TaskScript.End =
            switch below(10) {
            case 0, 1: .fails
            case 2, 3: .waitsForCancel
            case 4: .waitsForCancelAndFails
            case 5: .ignores(time(2000))
            default: .returns
            }
        return TaskScript(
            name: name, policy: chance(3) ? .isolate : .failFast, deadline: chance(5) ? time(900) : nil, steps: steps,
            end: (time(100), end))
    }

    private mutating func step(_ name: String, _ depth: Int) -> TaskScript.Step {
        switch below(depth < 3 ? 14 : 7) {
        case 0, 1: .own(resource(name))
        case 2: .open(resource(name))
        case 3: .release(below(3))
        case 4: .sleep(time(700))
        case 5: .cancel(chance(4) ? "root" : names[below(names.count)])
        case 6: chance(3) ? .cancel(names[below(names.count)]) : .own(resource(name))
        case 7, 8, 9, 10: .spawn(task(name, depth: depth + 1))
        case 11: .call(task(name, depth: depth + 1))
        default: .group(group(name, depth))
        }
    }

    private mutating func group(_ name: String, _ depth: Int) -> GroupScript {
        GroupScript(
            name: name, policy: chance(3) ? .isolate : .failFast,
            resources: (0..<below(3)).map { resource("\(name)/r\($0)") },
            children: (0..<below(3)).map { task("\(name)/\($0)", depth: depth + 1) }, isClosed: chance(2))
    }

    private mutating func resource(_ name: String) -> ResourceScript {
        ResourceScript(
            name: "r\(name)", opens: time(chance(4) ? 900 : 60), failsToOpen: chance(12), releases: time(200),
            failsToRelease: chance(6), budget: time(chance(4) ? 150 : 3000) + 1_000_000)
    }
}

extension TaskScript {
    func lines(_ indent: String) -> [String] {
        let timed = deadline.map { " deadline \($0)" } ?? ""
        var lines = ["\(indent)\(name) \(policy.name)\(timed)"]
        for (pause, step) in steps {
            switch step {
            case .spawn(let child): lines += ["\(indent)  \(pause) spawn"] + child.lines(indent + "    ")
            case .call(let child): lines += ["\(indent)  \(pause) call"] + child.lines(indent + "    ")
            case .group(let group):
                lines.append("\(indent)  \(pause) group \(group.name) \(group.policy.name) closed: \(group.isClosed)")
                lines += group.resources.map { "\(indent)    \($0)" }
                for child in group.children { lines += child.lines(indent + "    ") }
            case .own, .open, .release, .sleep, .cancel: lines.append("\(indent)  \(pause) \(step)")
            }
        }
        return lines + ["\(indent)  \(end.pause) \(end.1)"]
    }
}
