/// Picks events of a log: those for which every condition holds that is set. It is fed all events in order, because
/// what an event is about may have been said by an earlier one.
public struct EventQuery: Sendable {
    /// Kinds, `*` standing for anything; one of them is enough.
    public var kinds: [String] = []
    /// A task: events about it, about what is below it, and about what those hold.
    public var task: TaskID?
    /// Names of a task or a resource that an event is about, `*` standing for anything; one of them is enough.
    public var names: [String] = []
    /// What some text of an event contains, whatever the case: a name, a message, a cause. Each of them.
    public var texts: [String] = []
    /// From this time on, and up to that, in nanoseconds since the session began.
    public var from: Int64 = .min
    public var to: Int64 = .max

    private var tree = LiveTree()
    /// The tasks of releases that timed out, which may return.
    private var overran: [ResourceID: TaskID] = [:]

    public init() {}

    /// Whether what happened before `from` has to be known: who is below whom, and what things are called.
    public var needsPast: Bool { task != nil || !names.isEmpty }

    /// Takes the next event. Says whether it is one of those that were asked for.
    public mutating func picks(_ event: TreeEvent) -> Bool {
        var subject = EventSubject()
        event.change.visit(&subject)
        // A resource is known before its release ends, a task after it started.
        let resource = subject.resource.flatMap { tree.resource($0) }
        tree.apply(event)
        if case .resourceReleased(let fields) = event.change, fields.outcome == .timedOut {
            overran[fields.resource] = fields.task
        }
        let task = subject.task ?? owner(of: subject)
        if case .resourceReturned(let fields) = event.change { overran[fields.resource] = nil }
        guard event.t >= from, event.t <= to else { return false }
        guard kinds.isEmpty || kinds.contains(where: { Self.matches($0, event.change.kind.name) }) else { return false }
        if let wanted = self.task, !isBelow(task, wanted) { return false }
        guard names.isEmpty || isNamed(task, resource?.name ?? subject.name) else { return false }
        return texts.allSatisfy { text in subject.texts.contains { $0.lowercased().contains(text.lowercased()) } }
    }

    private func owner(of subject: EventSubject) -> TaskID? {
        if let resource = subject.resource, let task = overran[resource] { return task }
        if let cascade = subject.cascade { return tree.cascade(cascade)?.root }
        return subject.drain.flatMap { drain in tree.drains.last { $0.id == drain }?.root }
    }

    private func isBelow(_ task: TaskID?, _ wanted: TaskID) -> Bool {
        guard let task else { return false }
        let (slot, top) = (tree.slot(of: task), tree.slot(of: wanted))
        return task == wanted || (slot >= 0 && top >= 0 && tree.isBelow(slot, top))
    }

    private func isNamed(_ task: TaskID?, _ other: String?) -> Bool {
        let slot = task.map(tree.slot) ?? -1
        let found = [slot >= 0 ? tree.name(slot) : nil, other].compactMap { $0 }
        return names.contains { pattern in found.contains { Self.matches(pattern, $0) } }
    }

    /// Whether a text is what a pattern says, `*` standing for any text, also none.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return pattern == text }
        guard text.hasPrefix(parts[0]) else { return false }
        var rest = text.dropFirst(parts[0].count)
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}

/// What an event is about, and all text in it.
private struct EventSubject: FieldVisitor {
    var task: TaskID?
    var resource: ResourceID?
    var cascade: CascadeID?
    var drain: DrainID?
    var name: String?
    var texts: [String] = []

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        switch key {
        case "task": task = TaskID(value.rawValue)
        case "resource": resource = ResourceID(value.rawValue)
        case "cascade": cascade = CascadeID(value.rawValue)
        case "drain": drain = DrainID(value.rawValue)
        default: break
        }
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {}
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {}
    mutating func word<W: Word>(_ key: String, _ value: inout W) { texts.append(value.name) }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) { if let value { texts.append(value.name) } }
    mutating func amount(_ key: String, _ value: inout UInt64) {}
    mutating func amount(_ key: String, _ value: inout UInt64?) {}
    mutating func instant(_ key: String, _ value: inout Int64) {}
    mutating func instant(_ key: String, _ value: inout Int64?) {}
    mutating func flag(_ key: String, _ value: inout Bool) {}
    mutating func text(_ key: String, _ value: inout String) {
        if key == "name" { name = value }
        texts.append(value)
    }
    mutating func text(_ key: String, _ value: inout String?) { if let value { texts.append(value) } }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        for label in value { texts += [label.key, label.value] }
    }
    mutating func failure(_ key: String, _ value: inout Failure) { texts += [value.type, value.message] }
    mutating func failure(_ key: String, _ value: inout Failure?) { if var value { failure(key, &value) } }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        for var value in value { failure(key, &value) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) { texts.append(value.description) }
    mutating func cause(_ key: String, _ value: inout Cause?) { if var value { cause(key, &value) } }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        texts += [value.kind, value.name].compactMap { $0 }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) { if var value { target(key, &value) } }
}
