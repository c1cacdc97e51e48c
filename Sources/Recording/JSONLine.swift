import EventBus
import TreeModel

/// One line of JSON Lines: what describes the session, or an event.
struct JSONLine: Decodable {
    enum Content {
        case header(version: Int, SessionInfo)
        case item(SessionItem, hasUnknownFields: Bool)
        case wrong(String)
    }

    let content: Content

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: JSONKey.self)
        if object.contains(JSONKey("treetop")) {
            content = Self.header(object)
        } else {
            content = Self.event(object)
        }
    }

    private static func header(_ object: JSONFieldReader.Object) -> Content {
        guard let version = try? object.decode(Int.self, forKey: JSONKey("treetop")) else {
            return .wrong("`treetop` is no number")
        }
        func text(_ key: String) -> String? { try? object.decode(String.self, forKey: JSONKey(key)) }
        let started = text("started").flatMap(WallClock.nanoseconds)
        let pid = try? object.decode(Int32.self, forKey: JSONKey("pid"))
        return .header(
            version: version,
            SessionInfo(
                session: text("session") ?? "", name: text("name") ?? "", pid: pid ?? 0,
                startedUnixNanoseconds: started ?? 0))
    }

    private static func event(_ object: JSONFieldReader.Object) -> Content {
        var reader = JSONFieldReader(object)
        var seq: UInt64 = 0
        var t: Int64 = 0
        var name = ""
        reader.amount("seq", &seq)
        reader.instant("t", &t)
        reader.text("event", &name)
        if let problem = reader.problem { return .wrong(problem) }
        guard let kind = TreeEvent.Kind(name: name) else {
            return .item(.unknown(seq: seq, kind: nil), hasUnknownFields: false)
        }
        let change = TreeEvent.Change(kind, from: &reader)
        // An unknown word counts as such even where another field is missing because of it.
        if reader.unknownWord { return .item(.unknown(seq: seq, kind: kind), hasUnknownFields: false) }
        if let problem = reader.problem { return .wrong("\(name): \(problem)") }
        return .item(
            .event(TreeEvent(seq: seq, t: t, change: change)), hasUnknownFields: object.allKeys.count > reader.known)
    }
}
