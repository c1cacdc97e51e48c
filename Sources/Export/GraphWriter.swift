import EventBus
import TreeModel

/// The words and signs of a language that draws graphs.
protocol GraphLanguage {
    func open(_ title: String) -> String
    /// A task; `look` is its outcome, or what it is at.
    func task(_ id: String, _ lines: [String], look: GraphLook) -> String
    func resource(_ id: String, _ lines: [String]) -> String
    func child(_ parent: String, _ child: String) -> String
    func holds(_ task: String, _ resource: String) -> String
    func waits(_ task: String, for other: String, _ words: String) -> String
    var close: String { get }
}

/// What a task looks like.
enum GraphLook: String, CaseIterable {
    case running, waiting, cancelling, succeeded, failed, cancelled, abandoned
}

/// Writes the tree as a graph: its tasks, what they hold, and who waits for whom. At an instant it is what was alive then,
/// what had failed not long before, and who was abandoned; without one it is every task that there was.
struct GraphWriter<Language: GraphLanguage>: SessionWriter {
    private let language: Language
    private let instant: Int64?
    private let task: TaskID?
    private var tree: LiveTree
    private var session = ""
    private var isOver = false
    private var out = ""

    init(_ language: Language, at instant: Int64?, task: TaskID?) {
        self.language = language
        self.instant = instant
        self.task = task
        var limits = LiveTree.Limits()
        if instant == nil {
            (limits.lingers, limits.keepsCascade, limits.keeps) = (.max, .max, .max)
            (limits.lingering, limits.kept) = (.max, .max)
        }
        tree = LiveTree(limits: limits)
    }

    mutating func begin(_ session: SessionInfo) { self.session = session.name }

    mutating func write(_ event: TreeEvent) {
        if let instant, event.t > instant { isOver = true }
        if !isOver { tree.apply(event) }
    }

    mutating func take() -> [UInt8] {
        let bytes = Array(out.utf8)
        out = ""
        return bytes
    }

    mutating func end() throws(ExportError) {
        if let instant, isOver { tree.advance(to: instant) }
        tree.settle()
        var slot = tree.root
        var end: LiveTree.Slot = -1
        if let task {
            slot = tree.slot(of: task)
            let time = instant == nil ? "" : " at that time"
            guard slot >= 0 else {
                throw ExportError(message: "there is no task \(task)\(time): the numbers are in --to csv")
            }
            end = tree.followingAfter(slot)
        }
        out += language.open("\(session)\(instant.map { " at \(Self.seconds($0))" } ?? "")")
        let top = task == nil ? nil : slot
        while slot >= 0, slot != end {
            if isShown(slot) { draw(slot, below: top) }
            slot = tree.following(slot)
        }
        out += language.close
    }

    /// A task that is over is shown if all are, and where something alive stands below it.
    private func isShown(_ slot: LiveTree.Slot) -> Bool {
        guard instant != nil, let outcome = tree.outcome(slot) else { return true }
        return outcome == .failed || outcome == .abandoned || tree.live(slot) > 0
    }

    private mutating func draw(_ slot: LiveTree.Slot, below top: LiveTree.Slot?) {
        let info = tree.info(slot)
        let id = "t\(info.id)"
        var lines = [info.name, "\(state(info)), task \(info.id)"]
        if let error = info.error { lines.append(error.message) }
        out += language.task(id, lines, look: look(info))
        if slot != top, tree.parent(slot) >= 0 { out += language.child("t\(tree.id(tree.parent(slot)))", id) }
        for resource in tree.resources(of: slot) {
            let kind = resource.kind ?? "resource"
            let isHeld = resource.state == .held
            let state = isHeld ? kind : "\(kind), \(resource.state)"
            out += language.resource("r\(resource.id)", [resource.name, state])
            out += language.holds(id, "r\(resource.id)")
        }
        guard info.outcome == nil, let waiting = info.waiting else { return }
        guard let holder = tree.holder(of: waiting.on, for: info.id),
            top.map({ tree.isBelow(tree.slot(of: holder.task), $0) }) ?? true
        else {
            return
        }
        let held = holder.resource.map { "r\($0.id)" }
        out += language.waits(id, for: held ?? "t\(holder.task)", words(waiting.on))
    }

    private func state(_ info: LiveTree.TaskInfo) -> String {
        if let outcome = info.outcome { return outcome.name }
        if let waiting = info.waiting { return "waits for \(words(waiting.on))" }
        return info.isCancelled ? "cancelling" : info.phase.name
    }

    private func look(_ info: LiveTree.TaskInfo) -> GraphLook {
        switch info.outcome {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case .abandoned: .abandoned
        case nil:
            info.phase == .finished
                ? .cancelled : info.isCancelled ? .cancelling : info.waiting != nil ? .waiting : .running
        }
    }

    private func words(_ on: WaitTarget) -> String { "\(on.kind) \(on.name ?? on.id.map { "\($0)" } ?? "")" }

    private static func seconds(_ t: Int64) -> String {
        let milliseconds = max(0, t) / 1_000_000
        return "\(milliseconds / 1_000).\(String(milliseconds % 1_000 + 1_000).dropFirst()) s"
    }
}

/// The language of Graphviz.
struct DotGraph: GraphLanguage {
    private static let fills: [GraphLook: String] = [
        .running: "#dff3df", .waiting: "#fbf0cf", .cancelling: "#f0e0f8", .succeeded: "#f2f2f2", .failed: "#fbdada",
        .cancelled: "#e4e4e4", .abandoned: "#f5a3a3",
    ]

    func open(_ title: String) -> String {
        """
        digraph treetop {
          graph [label=\(quoted([title])), rankdir=LR, fontname="sans-serif"]
          node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11]
          edge [fontname="sans-serif", fontsize=9]

        """
    }

    func task(_ id: String, _ lines: [String], look: GraphLook) -> String {
        let pen = look == .failed || look == .abandoned ? ", color=\"#b3201f\", penwidth=2" : ""
        return "  \(id) [label=\(quoted(lines)), fillcolor=\"\(Self.fills[look] ?? "white")\"\(pen)]\n"
    }

    func resource(_ id: String, _ lines: [String]) -> String {
        "  \(id) [label=\(quoted(lines)), shape=note, style=filled, fillcolor=\"#e3eefb\"]\n"
    }

    func child(_ parent: String, _ child: String) -> String { "  \(parent) -> \(child)\n" }
    func holds(_ task: String, _ resource: String) -> String {
        "  \(task) -> \(resource) [style=dotted, arrowhead=none]\n"
    }
    func waits(_ task: String, for other: String, _ words: String) -> String {
        "  \(task) -> \(other) [label=\(quoted([words])), style=dashed, color=\"#b3201f\", constraint=false]\n"
    }
    var close: String { "}\n" }

    private func quoted(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            ShownText.shown(line, limit: 80).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        return "\"\(escaped.joined(separator: "\\n"))\""
    }
}

/// The language of Mermaid, which many viewers of Markdown draw.
struct MermaidGraph: GraphLanguage {
    func open(_ title: String) -> String {
        """
        %% \(ShownText.shown(title, limit: 80).replacing("{", with: "(").replacing("}", with: ")"))
        flowchart LR
          classDef running fill:#dff3df,stroke:#1a6b2c
          classDef waiting fill:#fbf0cf,stroke:#7d5600
          classDef cancelling fill:#f0e0f8,stroke:#7b32a8
          classDef succeeded fill:#f2f2f2,stroke:#6a717a
          classDef failed fill:#fbdada,stroke:#b3201f,stroke-width:2px
          classDef cancelled fill:#e4e4e4,stroke:#6a717a
          classDef abandoned fill:#f5a3a3,stroke:#b3201f,stroke-width:2px
          classDef resource fill:#e3eefb,stroke:#0757b8

        """
    }

    func task(_ id: String, _ lines: [String], look: GraphLook) -> String {
        "  \(id)[\(quoted(lines))]:::\(look.rawValue)\n"
    }
    func resource(_ id: String, _ lines: [String]) -> String { "  \(id)([\(quoted(lines))]):::resource\n" }
    func child(_ parent: String, _ child: String) -> String { "  \(parent) --> \(child)\n" }
    func holds(_ task: String, _ resource: String) -> String { "  \(task) -.- \(resource)\n" }
    func waits(_ task: String, for other: String, _ words: String) -> String {
        "  \(task) -. \(quoted([words])) .-> \(other)\n"
    }
    var close: String { "" }

    /// Its escapes are character numbers between `#` and `;`.
    private func quoted(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            ShownText.shown(line, limit: 80).unicodeScalars.map { scalar in
                let isPlain =
                    !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || " -_./:,".unicodeScalars.contains(scalar)
                return isPlain ? String(scalar) : "#\(scalar.value);"
            }.joined()
        }
        return "\"\(escaped.joined(separator: "<br/>"))\""
    }
}
