import TreeModel

/// The formats that a session is written in without a screen.
public enum ExportFormat: String, Sendable, CaseIterable {
    case jsonl, chrome, perfetto, csv, dot, mermaid, svg, html, otlp, sqlite

    /// What it is, in a few words.
    public var summary: String {
        switch self {
        case .jsonl: "one JSON object a line: the events"
        case .chrome: "a trace for chrome://tracing and many viewers"
        case .perfetto: "a trace for ui.perfetto.dev, with the tree as its tracks"
        case .csv: "a table with a row for each task"
        case .dot: "the tree as a graph, for Graphviz"
        case .mermaid: "the tree as a graph, for Markdown"
        case .svg: "a timeline, as a picture"
        case .html: "the timeline, cancels and tasks on a page"
        case .otlp: "OpenTelemetry spans, as OTLP/JSON lines"
        case .sqlite: "a database of tables and views, as SQL for the sqlite3 program"
        }
    }

    /// Whether it is nothing for a terminal.
    public var isBinary: Bool { self == .perfetto }

    /// Whether it shows the tree at one instant, if one is given.
    public var takesInstant: Bool { self == .dot || self == .mermaid }

    /// Whether it can be narrowed to the tasks below one.
    public var takesTask: Bool { takesInstant || self == .svg || self == .html }

    /// What writes a session in this format.
    /// - Parameters:
    ///   - instant: nanoseconds since the session began; nil is all of it.
    ///   - task: only this task and what is below it.
    public func writer(at instant: Int64? = nil, task: TaskID? = nil) -> any SessionWriter {
        switch self {
        case .jsonl: LinesWriter()
        case .chrome: SpanWriter(ChromeWriter())
        case .perfetto: SpanWriter(PerfettoWriter())
        case .csv: SpanWriter(CSVWriter())
        case .dot: GraphWriter(DotGraph(), at: instant, task: task)
        case .mermaid: GraphWriter(MermaidGraph(), at: instant, task: task)
        case .svg: SpanWriter(TimelineWriter(.svg, task: task))
        case .html: SpanWriter(TimelineWriter(.html, task: task))
        case .otlp: SpanWriter(OTLPWriter())
        case .sqlite: SpanWriter(SQLWriter())
        }
    }
}
