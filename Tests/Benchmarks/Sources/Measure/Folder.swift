import Glibc

/// A folder for the files of a measurement, gone with this value.
package final class Folder {
    package let path: String

    package init() throws {
        var template = Array("/tmp/treetop-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Wrong("there is no room for the files of a measurement in /tmp") }
        path = Machine.text(template)
    }

    deinit {
        for name in names { unlink(self[name]) }
        rmdir(path)
    }

    /// The path of a file in it.
    package subscript(name: String) -> String { "\(path)/\(name)" }

    private var names: [String] {
        guard let listing = opendir(path) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }
}
