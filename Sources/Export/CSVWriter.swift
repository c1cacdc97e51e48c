import EventBus
import TreeModel

/// Writes a table of the tasks: a row each, when it is over, as RFC 4180 has it (lines end with a newline alone). Times
/// are nanoseconds since the session began. A task that never ended has no end, and the outcome `open` or `unseen`.
struct CSVWriter: SpanFormat {
    static let columns = [
        "id", "parent", "path", "name", "kind", "attempt", "restart_of", "start_ns", "end_ns", "duration_ns", "outcome",
        "error_type", "error", "suppressed", "cascade", "cause", "cancelled_ns", "overdue_ns", "resources", "released",
        "labels",
    ]

    private var out: [UInt8] = []

    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &out)
        return bytes
    }

    mutating func begin(_ session: SessionInfo) { row(Self.columns) }
    mutating func finish() {}

    mutating func ended(_ task: TaskSpan) {
        let info = task.info
        let end = info.outcome == nil ? nil : task.end
        func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
        row([
            text(info.id), text(info.parent), task.path, info.name, info.kind ?? "", text(info.attempt),
            text(info.restartOf), text(info.startedAt), text(end), text(end.map { $0 - info.startedAt }), task.outcome,
            info.error?.type ?? "", info.error?.message ?? "",
            info.suppressed.map { "\($0.type): \($0.message)" }.joined(separator: "\n"), text(info.cascade),
            text(info.cause), text(info.cancelledAt), text(task.overdueAt), text(task.acquired),
            text(info.releasedCount), info.labels.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"),
        ])
    }

    private mutating func row(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            put(field)
        }
        out.append(UInt8(ascii: "\n"))
    }

    private mutating func put(_ field: String) {
        let quote = UInt8(ascii: "\"")
        let special: Set<UInt8> = [quote, UInt8(ascii: ","), 0x0A, 0x0D]
        guard field.utf8.contains(where: { special.contains($0) || $0 == 0 }) else {
            out += field.utf8
            return
        }
        out.append(quote)
        for byte in field.utf8 {
            if byte == quote { out.append(quote) }
            // No reader expects this one in a table: it is shown.
            if byte == 0 { out += "\u{2400}".utf8 } else { out.append(byte) }
        }
        out.append(quote)
    }
}
