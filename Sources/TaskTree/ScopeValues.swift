/// What a value carried down a tree is found by, as in Go's `context.WithValue`, with a type and a default:
///
///     enum RequestID: ScopeKey { static let defaultValue = "none" }
///     try scope.with(RequestID.self, "42").spawn("handle") { task in print(task[RequestID.self]) }
public protocol ScopeKey {
    associatedtype Value: Sendable
    static var defaultValue: Value { get }
}

/// The values that a scope sees, the newest first. They never change: to set one makes a longer list.
final class ScopeValues: Sendable {
    let key: ObjectIdentifier
    let value: any Sendable
    let older: ScopeValues?

    init(_ key: ObjectIdentifier, _ value: any Sendable, _ older: ScopeValues?) {
        self.key = key
        self.value = value
        self.older = older
    }
}

extension TaskScope {
    /// This scope, with a value that whatever is spawned from it sees, and all below that. One value costs a task nothing.
    public func with<Key: ScopeKey>(_ key: Key.Type, _ value: Key.Value) -> TaskScope {
        TaskScope(node, ScopeValues(ObjectIdentifier(key), value, values))
    }

    /// The value that was set nearest to this scope, or the key's default.
    public subscript<Key: ScopeKey>(key: Key.Type) -> Key.Value {
        var next = values
        while let entry = next {
            if entry.key == ObjectIdentifier(key), let value = entry.value as? Key.Value { return value }
            next = entry.older
        }
        return Key.defaultValue
    }
}
