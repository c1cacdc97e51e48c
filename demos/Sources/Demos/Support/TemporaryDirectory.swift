import Glibc

/// A directory of its own with files in it, removed with all that it holds.
struct TemporaryDirectory: Sendable {
    let path: String

    /// Makes one in the settings' directory, in `$TMPDIR` or in `/tmp`.
    /// - Throws: `DemoError` if that is no place to write.
    init(_ prefix: String, _ settings: DemoSettings) throws {
        let parent = settings.directory ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let reason = systemMessage(errno)
            throw DemoError(
                code: .fileSystem,
                message: "cannot make a directory in \(parent): \(reason); set TMPDIR to another place")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes it and the files in it; nothing if that was done before.
    func remove() throws {
        guard let entries = opendir(path) else {
            if errno == ENOENT { return }
            throw DemoError.file("remove", path)
        }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = nameOf(entry)
            if name != ".", name != ".." { unlink(file(name)) }
        }
        guard rmdir(path) == 0 || errno == ENOENT else { throw DemoError.file("remove", path) }
    }
}

extension TemporaryDirectory {
    /// The last part of its path.
    var name: String { String(path.split(separator: "/").last ?? "") }
}

/// The name of a directory's entry.
func nameOf(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
}
