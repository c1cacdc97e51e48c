import TreeModel

/// Fills the fields of an event in from a JSON object. What is missing and required, or of the wrong type, is noted in
/// `problem`, the first only.
struct JSONFieldReader: FieldVisitor {
    typealias Object = KeyedDecodingContainer<JSONKey>

    private let object: Object
    /// The keys that were asked for and are there.
    private(set) var known = 0
    private(set) var problem: String?
    /// A word of a newer version.
    private(set) var unknownWord = false

    init(_ object: Object) { self.object = object }

    private mutating func fail(_ key: String, _ what: String) {
        if problem == nil { problem = "`\(key)` \(what)" }
    }

    /// The value under a key, or nil when it is not there, is null, or is not of this type (then with a problem).
    private mutating func value<T: Decodable>(_ key: String, _ type: T.Type, _ what: String) -> T? {
        let name = JSONKey(key)
        guard object.contains(name) else { return nil }
        known += 1
        do { return try object.decodeIfPresent(type, forKey: name) } catch {
            fail(key, "is no \(what)")
            return nil
        }
    }

    private mutating func required<T: Decodable>(_ key: String, _ type: T.Type, _ what: String) -> T? {
        let found = value(key, type, what)
        if found == nil { fail(key, "is missing") }
        return found
    }

    /// Reads an object under a key with a reader of its own.
    private mutating func nested<T>(_ key: String, _ body: (inout JSONFieldReader) -> T?) -> T? {
        let name = JSONKey(key)
        guard object.contains(name) else { return nil }
        known += 1
        if (try? object.decodeNil(forKey: name)) == true { return nil }
        guard let inner = try? object.nestedContainer(keyedBy: JSONKey.self, forKey: name) else {
            fail(key, "is no object")
            return nil
        }
        var reader = JSONFieldReader(inner)
        let result = body(&reader)
        if let problem = reader.problem { fail(key, "is wrong: \(problem)") }
        unknownWord = unknownWord || reader.unknownWord
        return result
    }

    private mutating func find<W: Word>(_ name: String?) -> W? {
        guard let name else { return nil }
        if let word = W(name: name) { return word }
        unknownWord = true
        return nil
    }

    // MARK: Fields

    mutating func id<I: Identifier>(_ key: String, _ value: inout I) {
        if let number = required(key, UInt64.self, "number") { value = I(rawValue: number) }
    }
    mutating func id<I: Identifier>(_ key: String, _ value: inout I?) {
        value = self.value(key, UInt64.self, "number").map(I.init(rawValue:))
    }
    mutating func ids(_ key: String, _ value: inout [ResourceID]?) {
        value = self.value(key, [UInt64].self, "list of numbers")?.map(ResourceID.init(rawValue:))
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W) {
        if let word: W = find(required(key, String.self, "string")) { value = word }
    }
    mutating func word<W: Word>(_ key: String, _ value: inout W?) {
        value = find(self.value(key, String.self, "string"))
    }
    mutating func amount(_ key: String, _ value: inout UInt64) {
        value = required(key, UInt64.self, "number") ?? 0
    }
    mutating func amount(_ key: String, _ value: inout UInt64?) {
        value = self.value(key, UInt64.self, "number")
    }
    mutating func instant(_ key: String, _ value: inout Int64) {
        value = required(key, Int64.self, "number") ?? 0
    }
    mutating func instant(_ key: String, _ value: inout Int64?) {
        value = self.value(key, Int64.self, "number")
    }
    mutating func flag(_ key: String, _ value: inout Bool) {
        value = self.value(key, Bool.self, "boolean") ?? false
    }
    mutating func text(_ key: String, _ value: inout String) {
        value = required(key, String.self, "string") ?? ""
    }
    mutating func text(_ key: String, _ value: inout String?) {
        value = self.value(key, String.self, "string")
    }
    /// Sorted by key: JSON objects have no order.
    mutating func labels(_ key: String, _ value: inout [Label]) {
        let labels = self.value(key, [String: String].self, "object of strings") ?? [:]
        value = labels.sorted { $0.key < $1.key }.map { Label($0.key, $0.value) }
    }
    mutating func failure(_ key: String, _ value: inout Failure) {
        var found: Failure?
        failure(key, &found)
        if let found { value = found } else { fail(key, "is missing") }
    }
    mutating func failure(_ key: String, _ value: inout Failure?) {
        value = self.value(key, JSONFailure.self, "error {type, message}")?.failure
    }
    mutating func failures(_ key: String, _ value: inout [Failure]) {
        value = (self.value(key, [JSONFailure].self, "list of errors {type, message}") ?? []).map(\.failure)
    }
    mutating func cause(_ key: String, _ value: inout Cause) {
        var found: Cause?
        cause(key, &found)
        if let found { value = found } else { fail(key, "is missing") }
    }
    mutating func cause(_ key: String, _ value: inout Cause?) {
        value = nested(key) { reader in
            var cause = Cause(.code)
            reader.word("kind", &cause.kind)
            reader.text("by", &cause.by)
            reader.id("origin", &cause.origin)
            reader.text("message", &cause.message)
            return cause
        }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget) {
        var found: WaitTarget?
        target(key, &found)
        if let found { value = found } else { fail(key, "is missing") }
    }
    mutating func target(_ key: String, _ value: inout WaitTarget?) {
        value = nested(key) { reader in
            var target = WaitTarget(kind: "")
            reader.text("kind", &target.kind)
            reader.amount("id", &target.id)
            reader.text("name", &target.name)
            return target
        }
    }
}

/// Any key.
struct JSONKey: CodingKey {
    let stringValue: String
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
}

/// An error as JSON has it.
private struct JSONFailure: Decodable {
    var type: String
    var message: String
    var failure: Failure { Failure(type: type, message: message) }
}
