import Canvas
import TreeModel

/// How lines of logs look.
enum LogView {
    static func role(_ level: String) -> Role {
        switch level.lowercased() {
        case "error", "critical", "fatal": .failed
        case "warning", "warn", "notice": .warning
        case "debug", "trace": .dim
        default: .normal
        }
    }
}

extension DashboardState {
    /// The lines of the subtree, or of its task alone, oldest first.
    func logRows(_ filter: WordFilter) -> [LiveTree.Line] {
        let tree = shown
        var lines: [LiveTree.Line]
        if views.roots.count == 1 {
            lines = tree.lines(below: views.roots[0])
        } else {
            lines = views.roots.prefix(64).flatMap { tree.lines(below: $0) }
            lines.sort { $0.order < $1.order }
        }
        if views.isAlone {
            let roots = Set(views.roots)
            lines = lines.filter { roots.contains($0.task) }
        }
        if filter.isEmpty { return lines }
        return lines.filter { filter.lets(text(of: $0)) }
    }

    /// The line as text.
    func text(of line: LiveTree.Line) -> String {
        "\(line.level ?? "") \(line.parentName)/\(line.name) \(said(line))"
    }

    private func said(_ line: LiveTree.Line) -> String {
        line.level == nil ? EventWords.progress(line.completed, line.total, line.message) : line.message
    }

    func drawLogs(_ rows: [LiveTree.Line], _ place: ViewLayout, into canvas: inout CellGrid) {
        let hasLevel = canvas.width >= 60
        let who = 12 + (hasLevel ? 9 : 0)
        let what = who + (canvas.width >= 110 ? min(60, canvas.width / 3) : canvas.width >= 60 ? 24 : 14)
        if let y = place.heads {
            canvas.put("TIME", x: 1, y: y, role: .columnHead)
            if hasLevel { canvas.put("LEVEL", x: 12, y: y, role: .columnHead) }
            canvas.put("TASK", x: who, y: y, role: .columnHead)
            canvas.put("SAID", x: what, y: y, role: .columnHead)
        }
        drawList(rows, place, into: &canvas) { line, y, canvas in
            let role = line.level.map(LogView.role) ?? .dim
            canvas.put(Words.instant(line.t), x: 1, y: y, role: .dim, limit: 10)
            if hasLevel { canvas.put(line.level ?? "step", x: 12, y: y, role: role, limit: 8) }
            canvas.put(Self.tail(path(of: line), what - who - 1, in: canvas), x: who, y: y, role: .dim)
            canvas.put(said(line), x: what, y: y, role: line.level == nil ? .normal : role)
            return role == .failed
        }
    }

    /// The whole path of a task that is in the tree, else its name and its parent's.
    private func path(of line: LiveTree.Line) -> String {
        let slot = shown.slot(of: line.task)
        if slot >= 0 { return shown.path(slot) }
        return line.parentName.isEmpty ? line.name : "\(line.parentName)/\(line.name)"
    }
}
