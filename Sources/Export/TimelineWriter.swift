import EventBus
import TreeModel

/// Writes a timeline that needs nothing from outside: a picture, or a page with the picture, the cancels with the order in
/// which their tasks ended, and a table of the tasks.
struct TimelineWriter: SpanFormat {
    enum Form { case svg, html }

    private let form: Form
    private let task: TaskID?
    private var rows: TimelineRows
    private var session = SessionInfo(session: "", name: "", pid: 0, startedUnixNanoseconds: 0)
    private var out = ""

    init(_ form: Form, task: TaskID?) {
        self.form = form
        self.task = task
        rows = TimelineRows(below: task)
    }

    mutating func begin(_ session: SessionInfo) { self.session = session }
    mutating func began(_ task: TaskSpan) { rows.begin(task) }
    mutating func ended(_ task: TaskSpan) { rows.end(task) }
    mutating func ended(_ resource: ResourceSpan) { rows.end(resource) }
    mutating func saw(_ event: TreeEvent, _ tree: LiveTree) { rows.saw(event, tree) }

    mutating func take() -> [UInt8] {
        let bytes = Array(out.utf8)
        out = ""
        return bytes
    }

    mutating func finish() throws(ExportError) {
        let order = rows.inOrder()
        if let task, order.isEmpty {
            throw ExportError(message: "there is no task \(task): the numbers are in --to csv")
        }
        let picture = TimelinePicture(session.name, order, rows)
        switch form {
        case .svg: out = picture.svg()
        case .html: out = TimelinePage(session, order, rows, picture).html()
        }
    }
}
