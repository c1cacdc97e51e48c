import TreeModel

/// The timeline as a picture: a row a task, in the order of the tree, with thin ones for what it held.
struct TimelinePicture {
    private static let label = 300.0
    private static let chart = 980.0
    private static let margin = 260.0
    private static let rowHeight = 18.0
    private static let thinHeight = 11.0
    private static let head = 64.0

    private let title: String
    private let order: [(task: TimelineRows.Task, depth: Int)]
    private let rows: TimelineRows
    private let start: Int64
    private let end: Int64

    init(_ title: String, _ order: [(task: TimelineRows.Task, depth: Int)], _ rows: TimelineRows) {
        self.title = title
        self.order = order
        self.rows = rows
        start = order.map(\.task.span.info.startedAt).min() ?? 0
        end = max(order.map(\.task.span.end).max() ?? 0, start + 1_000)
    }

    func svg() -> String {
        var body = ""
        var y = Self.head
        for (task, depth) in order {
            body += row(task, depth, y)
            y += Self.rowHeight
            for resource in rows.resources[task.span.info.id] ?? [] {
                body += thinRow(resource, depth, y)
                y += Self.thinHeight
            }
        }
        if rows.leftOut.tasks > 0 {
            let words =
                "\(rows.leftOut.tasks) further tasks are left out: the shortest, of those in which nothing went wrong"
            body += text(words, x: 8, y: y + 13, "note")
            y += Self.rowHeight
        }
        let (width, height) = (Self.label + Self.chart + Self.margin, y + 12)
        var out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(width))\" height=\"\(number(height))\""
        out += " viewBox=\"0 0 \(number(width)) \(number(height))\">\n"
        out += "<title>\(ShownText.markup("treetop \(title)", limit: 200))</title>\n<style>\(Self.style)</style>\n"
        out += "<defs><pattern id=\"stopping\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\""
        out += " patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"5\" fill=\"#7b32a8\"/></pattern></defs>\n"
        out += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
        out += text(title, x: 8, y: 20, "title", limit: 60)
        return out + axis(height: height) + cancels(height: height) + body + "</svg>\n"
    }

    // MARK: rows

    private func row(_ row: TimelineRows.Task, _ depth: Int, _ y: Double) -> String {
        let span = row.span
        let indent = 8 + Double(min(depth, 16)) * 12
        var out = "<g class=\"\(span.outcome)\"><title>\(tooltip(row))</title>"
        out += text(span.info.name, x: indent, y: y + 13, "name", limit: Int((Self.label - indent) / 7))
        out += bar("bar", span.info.startedAt, span.end, y + 3, 12)
        if let cancelled = span.info.cancelledAt, cancelled < span.end {
            out += bar("stopping", cancelled, span.end, y + 3, 12)
        }
        if let overdue = span.overdueAt { out += bar("overdue", overdue, overdue, y + 1, 16) }
        if let note = note(row) { out += text(note, x: x(span.end) + 5, y: y + 13, "note", limit: 38) }
        return out + "</g>\n"
    }

    private func thinRow(_ resource: ResourceSpan, _ depth: Int, _ y: Double) -> String {
        let indent = 20 + Double(min(depth, 16)) * 12
        let words = "\(resource.kind ?? "resource") \(resource.name): \(resource.outcome)"
        let span =
            "held from \(TimelineText.seconds(resource.acquiredAt ?? resource.start)) to \(TimelineText.seconds(resource.end))"
        var out =
            "<g class=\"resource \(resource.outcome)\"><title>\(ShownText.markup("\(words), \(span)", limit: 400))</title>"
        out += text(resource.name, x: indent, y: y + 8, "thin", limit: Int((Self.label - indent) / 6))
        out += bar("held", resource.acquiredAt ?? resource.start, resource.end, y + 3, 4)
        if let releasing = resource.releasingAt { out += bar("releasing", releasing, resource.end, y + 2, 6) }
        let isBad = !["ok", "open"].contains(resource.outcome)
        if isBad { out += text(resource.outcome, x: x(resource.end) + 5, y: y + 8, "thin", limit: 30) }
        return out + "</g>\n"
    }

    /// The place among the ends of its cancel, and what went wrong.
    private func note(_ row: TimelineRows.Task) -> String? {
        var words: [String] = []
        if let order = row.order { words.append("\(order).") }
        switch row.span.info.outcome {
        case .failed: words.append("✕ \(row.span.info.error?.message ?? "failed")")
        case .abandoned: words.append("! abandoned")
        case .succeeded, .cancelled: break
        case nil: words.append(row.span.outcome)
        }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private func tooltip(_ row: TimelineRows.Task) -> String {
        let info = row.span.info
        var lines = [
            row.span.path, "task \(info.id), \(row.span.outcome)",
            "\(TimelineText.seconds(info.startedAt)) to \(TimelineText.seconds(row.span.end))",
        ]
        if let cancelled = info.cancelledAt { lines.append("cancelled at \(TimelineText.seconds(cancelled))") }
        if let overdue = row.span.overdueAt { lines.append("overdue at \(TimelineText.seconds(overdue))") }
        if let cause = info.cause { lines.append("cause: \(cause)") }
        if let error = info.error { lines.append("\(error.type): \(error.message)") }
        return lines.map { ShownText.markup($0, limit: 400) }.joined(separator: "\n")
    }

    // MARK: time

    private func axis(height: Double) -> String {
        var out = ""
        let step = TimelineText.step(end - start, ticks: 8)
        var t = (start + step - 1) / step * step
        while t <= end {
            out += "<line class=\"tick\" x1=\"\(number(x(t)))\" x2=\"\(number(x(t)))\" y1=\"\(number(Self.head - 10))\""
            out += " y2=\"\(number(height))\"/>"
            out += text(TimelineText.seconds(t), x: x(t) + 3, y: Self.head - 4, "time")
            t += step
        }
        return out + "\n"
    }

    private func cancels(height: Double) -> String {
        var out = ""
        for (index, cancel) in rows.cancels.enumerated() where cancel.t >= start && cancel.t <= end {
            let place = number(x(cancel.t))
            let words = "cancel \(cancel.path): \(cancel.cause), at \(TimelineText.seconds(cancel.t))"
            out += "<g class=\"cancel\"><title>\(ShownText.markup(words, limit: 400))</title>"
            out += "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"28\" y2=\"\(number(height))\"/>"
            out += text("✂ \(cancel.path)", x: x(cancel.t) + 3, y: 34 + Double(index % 2) * 11, "time", limit: 30)
            out += "</g>\n"
        }
        return out
    }

    // MARK: shapes

    private func x(_ t: Int64) -> Double {
        Self.label + Double(min(max(t, start), end) - start) / Double(end - start) * Self.chart
    }

    private func bar(_ name: String, _ from: Int64, _ to: Int64, _ y: Double, _ height: Double) -> String {
        let left = x(from)
        let width = max(1.5, x(to) - left)
        return "<rect class=\"\(name)\" x=\"\(number(left))\" y=\"\(number(y))\" width=\"\(number(width))\""
            + " height=\"\(number(height))\"/>"
    }

    private func text(_ text: String, x: Double, y: Double, _ name: String, limit: Int = 120) -> String {
        "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\">\(ShownText.markup(text, limit: limit))</text>"
    }

    /// With at most two decimals.
    private func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return hundredths % 100 == 0 ? String(hundredths / 100) : String(Double(hundredths) / 100)
    }

    private static let style = """
        text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:#24292f}.title{font-weight:bold;font-size:15px}\
        .thin,.time{font-size:9px;fill:#6a717a}.note{font-size:11px}.paper{fill:#fff}.tick{stroke:#e6e6e6}\
        .cancel line{stroke:#7b32a8;stroke-dasharray:3 3}.cancel text{fill:#7b32a8}\
        .bar{fill:#87c38f}.cancelled .bar{fill:#b9bec5}.open .bar,.unseen .bar{fill:#9fc5e8}\
        .failed .bar,.abandoned .bar{fill:#e57373}.abandoned .bar{stroke:#b3201f;stroke-width:2;stroke-dasharray:4 2}\
        .stopping{fill:url(#stopping)}.overdue{fill:#b3201f}.failed text,.abandoned text{fill:#b3201f}\
        .held{fill:#9db8d9}.releasing{fill:#0757b8}\
        .resource.failed .held,.timedOut .held,.leaked .held{fill:#e57373}
        """
}

/// How times are written in timelines.
enum TimelineText {
    /// `38.704 s`, finer where it is short.
    static func seconds(_ t: Int64) -> String {
        let microseconds = max(0, t) / 1_000
        let digits = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        return "\(microseconds / 1_000_000).\(microseconds % 1_000 == 0 ? digits.prefix(3) : digits) s"
    }

    /// A length of time: `12.5 ms`, `3.210 s`.
    static func length(_ t: Int64) -> String {
        let microseconds = max(0, t) / 1_000
        if microseconds < 1_000 { return "\(microseconds) µs" }
        if microseconds < 1_000_000 { return "\(microseconds / 1_000).\(microseconds / 100 % 10) ms" }
        return "\(microseconds / 1_000_000).\(String(microseconds / 1_000 % 1_000 + 1_000).dropFirst()) s"
    }

    /// A round length of time, so that about so many fit into a span.
    static func step(_ span: Int64, ticks: Int64) -> Int64 {
        var step: Int64 = 1_000
        while true {
            for factor: Int64 in [1, 2, 5] where step * factor * ticks >= span { return step * factor }
            step *= 10
        }
    }
}
