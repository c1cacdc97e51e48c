import EventBus
import TreeModel

/// Blacks out what regular expressions match in every text of a session that somebody's program wrote: names, kinds,
/// labels, messages, errors, causes, and the session's own name. Times, ids and outcomes stay.
public final class Redaction {
    /// What stands in the place of what matched.
    public static let mark = "[redacted]"

    private let patterns: [Regex<AnyRegexOutput>]
    /// Texts come again and again. Nil is one in which nothing matches.
    private var known: [String: String?] = [:]

    public init(_ patterns: [Regex<AnyRegexOutput>]) { self.patterns = patterns }

    /// A text without what matches. A match of nothing is none.
    public func edited(_ text: String) -> String {
        if let known = known[text] { return known ?? text }
        var edited = text
        for pattern in patterns { edited = Self.marked(edited, edited.ranges(of: pattern).filter { !$0.isEmpty }) }
        if known.count == 4_096 { known = [:] }
        known.updateValue(edited == text ? nil : edited, forKey: text)
        return edited
    }

    private static func marked(_ text: String, _ ranges: [Range<String.Index>]) -> String {
        guard !ranges.isEmpty else { return text }
        var (marked, start) = ("", text.startIndex)
        for range in ranges {
            marked += text[start..<range.lowerBound] + mark
            start = range.upperBound
        }
        return marked + text[start...]
    }

    func edited(_ change: TreeEvent.Change) -> TreeEvent.Change {
        var editor = Editor(redaction: self)
        return change.edited(by: &editor)
    }

    private struct Editor: FieldEditor {
        let redaction: Redaction
        mutating func edit(_ text: inout String) { text = redaction.edited(text) }
    }
}

extension Redaction? {
    /// An event, blacked out if that is asked for.
    public func edited(_ event: TreeEvent) -> TreeEvent {
        guard let self else { return event }
        var event = event
        event.change = self.edited(event.change)
        return event
    }

    /// What describes a session, blacked out if that is asked for.
    public func edited(_ session: SessionInfo) -> SessionInfo {
        guard let self else { return session }
        var session = session
        session.name = self.edited(session.name)
        return session
    }
}
