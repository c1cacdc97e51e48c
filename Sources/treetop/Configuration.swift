import Canvas
import Dashboard
import Glibc
import Yams

/// What a user set in `$XDG_CONFIG_HOME/treetop/config.yaml`, else in `~/.config/treetop/config.yaml`.
struct Configuration {
    private(set) var keys = KeyMap()
    private(set) var theme: ThemeName?
    private(set) var ascii = false

    /// What the file says; without one, nothing.
    /// - Throws: `Problem` that names the file and the line.
    static func read() throws -> Configuration {
        let path = path
        guard let text = try contents(path) else { return Configuration() }
        return try Configuration(text, from: path)
    }

    private init() {}

    private init(_ text: String, from path: String) throws {
        let file = ConfigurationFile(path)
        guard let root = try file.root(text) else { return }
        guard let settings = root.mapping else {
            throw file.problem(root, "settings are expected, such as  ascii: true")
        }
        for (name, value) in settings {
            switch name.scalar?.string {
            case "keys": keys = try file.keys(value)
            case "theme": theme = try file.theme(value)
            case "ascii":
                guard let isASCII = value.bool else { throw file.problem(value, "ascii is true or false") }
                ascii = isASCII
            default:
                let what = name.scalar.map { "there is no setting \($0.string)" } ?? "this names no setting"
                throw file.problem(name, "\(what): there are keys, theme and ascii")
            }
        }
    }

    static var path: String {
        if let value = getenv("XDG_CONFIG_HOME"), value.pointee == 0x2F {
            return String(cString: value) + "/treetop/config.yaml"
        }
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        return home + "/.config/treetop/config.yaml"
    }

    /// A file that is larger is no configuration.
    private static let most = 65_536

    /// The text of a file; nil if there is none.
    private static func contents(_ path: String) throws -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem(.usage, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while bytes.count <= most {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw Problem(.usage, "cannot read \(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        guard bytes.count <= most else {
            throw Problem(.usage, "\(path) is larger than 64 KB: that is no configuration")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.usage, "\(path) is no text in UTF-8")
        }
        return text
    }
}

/// A configuration as YAML, and where in the file something is.
struct ConfigurationFile {
    private let path: String

    init(_ path: String) { self.path = path }

    func problem(_ node: Node, _ message: String) -> Problem { problem(line: node.mark?.line ?? 1, message) }

    private func problem(line: Int, _ message: String) -> Problem { Problem(.usage, "\(path):\(line): \(message)") }

    /// The document; nil if there is none.
    func root(_ text: String) throws -> Node? {
        do {
            return try compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
                .composer(_, let text, let mark, _):
                throw problem(
                    line: mark.line, "\(text); a sign that is a key stands in quotes, as in  next-trouble: '!'")
            case .duplicatedKeysInMapping(let names, let context):
                throw problem(line: context.mark.line, "\(names.sorted().joined(separator: ", ")) is there twice")
            case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
                throw problem(line: 1, "\(error)")
            }
        }
    }

    func theme(_ node: Node) throws -> ThemeName {
        guard let theme = node.scalar.flatMap({ ThemeName(rawValue: $0.string) }) else {
            throw problem(node, "theme is one of \(ThemeName.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return theme
    }

    /// Actions, each with a key or a list of them.
    func keys(_ node: Node) throws -> KeyMap {
        guard let actions = node.mapping else {
            throw problem(node, "keys are actions with their keys, such as  cancel: K")
        }
        var changes: [KeyMap.Change] = []
        var nodes: [Node] = []
        for (name, value) in actions {
            guard let action = name.scalar?.string else { throw problem(name, "this names no action") }
            let words = value.sequence.map(Array.init) ?? [value]
            changes.append(KeyMap.Change(action, try words.map { try key($0, action) }))
            nodes.append(name)
        }
        do {
            return try KeyMap(changes)
        } catch {
            throw problem(nodes[error.change], error.message)
        }
    }

    private func key(_ node: Node, _ action: String) throws -> Key {
        guard let word = node.scalar?.string else { throw problem(node, "\(action) wants a key or a list of keys") }
        guard let key = Key(name: word) else {
            let name = word.isEmpty ? "nothing" : word
            throw problem(
                node, "\(name) is no key: give a character, or a name such as Enter, PgUp, F5, Ctrl-X or Alt-x")
        }
        return key
    }
}
