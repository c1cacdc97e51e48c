import Glibc

/// A file that grows by lines.
struct AppendFile: Sendable {
    let path: String
    private let descriptor: Descriptor

    init(_ path: String) throws {
        self.path = path
        descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND)
    }

    func append(_ line: String) throws { try descriptor.write(line + "\n", path: path) }

    /// Has the disk take what was appended. Blocks.
    func sync() throws {
        guard fdatasync(descriptor.number) == 0 else { throw DemoError.file("sync", path) }
    }

    /// Begins anew with these lines.
    func rewrite(_ lines: [String]) throws {
        guard ftruncate(descriptor.number, 0) == 0 else { throw DemoError.file("truncate", path) }
        if !lines.isEmpty { try descriptor.write(lines.joined(separator: "\n") + "\n", path: path) }
    }

    func close() { descriptor.close() }
}
