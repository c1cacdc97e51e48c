import EventBus
import Recording
import TreeModel

/// The page: the picture, the cancels, the tasks. It has no script and loads nothing.
struct TimelinePage {
    private let session: SessionInfo
    private let order: [(task: TimelineRows.Task, depth: Int)]
    private let rows: TimelineRows
    private let picture: TimelinePicture

    init(
        _ session: SessionInfo, _ order: [(task: TimelineRows.Task, depth: Int)], _ rows: TimelineRows,
        _ picture: TimelinePicture
    ) {
        self.session = session
        self.order = order
        self.rows = rows
        self.picture = picture
    }

    func html() -> String {
        let name = ShownText.markup(session.name, limit: 200)
        let outcomes = Dictionary(order.map { ($0.task.span.outcome, 1) }, uniquingKeysWith: +)
        let counts = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let left = rows.leftOut.tasks > 0 ? " and \(rows.leftOut.tasks) that are left out" : ""
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>treetop \(name)</title>
            <style>\(Self.style)</style></head><body>
            <h1>\(name)</h1>
            <p>Session \(ShownText.markup(session.session, limit: 60)), \
            begun \(WallClock.text(session.startedUnixNanoseconds)), pid \(session.pid). \
            \(order.count) tasks\(left): \(counts).</p>
            <div class="scroll">
            \(picture.svg())</div>
            \(cancels())\(table())</body></html>

            """
    }

    private func cancels() -> String {
        guard !rows.cancels.isEmpty else { return "" }
        var ends: [CascadeID: [TimelineRows.Task]] = [:]
        for (task, _) in order where task.order != nil {
            if let cascade = task.span.info.cascade { ends[cascade, default: []].append(task) }
        }
        var out = "<h2>Cancels</h2>\n"
        for cancel in rows.cancels {
            out += "<h3>\(ShownText.markup(cancel.path, limit: 400)), at \(TimelineText.seconds(cancel.t))</h3>\n<p>"
            out += ShownText.markup(cancel.cause, limit: 400)
            if let fields = cancel.completed {
                out += ". Tasks: \(fields.tasks), resources: \(fields.resources), releases failed: \(fields.failed), "
                out += "timed out: \(fields.timedOut), abandoned: \(fields.abandoned). Over after "
                out += TimelineText.length(Int64(min(fields.duration, 1 << 60)))
            }
            out += ".</p>\n<ol>\n"
            for task in (ends[cancel.id] ?? []).sorted(by: { $0.order ?? 0 < $1.order ?? 0 }).prefix(200) {
                out += "<li value=\"\(task.order ?? 0)\" class=\"\(task.span.outcome)\">"
                out += "\(ShownText.markup(task.span.path, limit: 400)): \(task.span.outcome) after "
                out += "\(TimelineText.length(task.span.end - cancel.t))</li>\n"
            }
            out += "</ol>\n"
        }
        if rows.leftOut.cancels > 0 { out += "<p>And \(rows.leftOut.cancels) further cancels.</p>\n" }
        return out
    }

    private func table() -> String {
        var out = "<h2>Tasks</h2>\n<table><thead><tr><th>task</th><th>name</th><th>began</th><th>lasted</th>"
        out += "<th>outcome</th><th>held</th><th>error or cause</th></tr></thead>\n<tbody>\n"
        for (task, depth) in order {
            let info = task.span.info
            let why = info.error.map { "\($0.type): \($0.message)" } ?? info.cause?.description ?? ""
            out += "<tr class=\"\(task.span.outcome)\"><td>\(info.id)</td>"
            out += "<td style=\"padding-left:\(min(depth, 16) + 1)em\">\(ShownText.markup(info.name, limit: 400))</td>"
            out += "<td>\(TimelineText.seconds(info.startedAt))</td>"
            out += "<td>\(TimelineText.length(task.span.end - info.startedAt))</td>"
            out += "<td>\(task.span.outcome)</td><td>\(task.span.acquired)</td>"
            out += "<td>\(ShownText.markup(why, limit: 400))</td></tr>\n"
        }
        return out + "</tbody></table>\n"
    }

    private static let style = """
        body{font:14px system-ui,"DejaVu Sans",sans-serif;margin:2em;color:#24292f;background:#fff}\
        .scroll{overflow-x:auto}table{border-collapse:collapse}td,th{text-align:left;padding:2px 1em;\
        border-bottom:1px solid #e6e6e6}li.failed,li.abandoned,tr.failed,tr.abandoned{color:#b3201f}
        """
}
