import TreeModel

/// A visitor that changes the ids or the texts of an event, wherever they stand in it. One of the two is enough to say.
protocol FieldEditor: FieldVisitor {
    mutating func edit<I: Identifier>(_ id: inout I)
    mutating func edit(_ text: inout String)
    /// Its texts are edited as well; what its `id` names depends on its `kind`.
    mutating func edit(_ target: inout WaitTarget)
}

extension FieldEditor {
    mutating func edit<I: Identifier>(_ id: inout I) {}
    mutating func edit(_ text: inout String) {}
    mutating func edit(_ target: inout WaitTarget) {}

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) { edit(&value) }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        guard var id = value else { return }
        edit(&id)
        value = id
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        guard var ids = value else { return }
        for index in ids.indices { edit(&ids[index]) }
        value = ids
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) {}
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {}
    mutating func amount(_ key: String, _ value: inout UInt64) {}
    mutating func amount(_ key: String, _ value: inout UInt64?) {}
    mutating func instant(_ key: String, _ value: inout Int64) {}
    mutating func instant(_ key: String, _ value: inout Int64?) {}
    mutating func flag(_ key: String, _ value: inout Bool) {}
    mutating func text(_ key: String, _ value: inout String) { edit(&value) }
    mutating func text(_ key: String, _ value: inout String?) {
        guard var text = value else { return }
        edit(&text)
        value = text
    }
    mutating func labels(_ key: String, _ value: inout [Label]) {
        for index in value.indices {
            edit(&value[index].key)
            edit(&value[index].value)
        }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        edit(&value.type)
        edit(&value.message)
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        guard var error = value else { return }
        failure(key, &error)
        value = error
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        for index in value.indices { failure(key, &value[index]) }
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        text("by", &value.by)
        id("origin", &value.origin)
        text("message", &value.message)
    }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        guard var found = value else { return }
        cause(key, &found)
        value = found
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        edit(&value)
        edit(&value.kind)
        text("name", &value.name)
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        guard var found = value else { return }
        target(key, &found)
        value = found
    }
}
