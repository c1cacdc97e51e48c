import Glibc

/// The lines of a file; none if it is not there, since who was to write it may have been cancelled before.
func textLines(_ path: String) throws -> [String] {
    guard access(path, F_OK) == 0 else { return [] }
    let file = try Descriptor.open(path, O_RDONLY)
    defer { file.close() }
    var bytes: [UInt8] = []
    while case let more = try file.read(upTo: 4096, path: path), !more.isEmpty { bytes += more }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// Makes a file of lines.
func writeLines(_ path: String, _ lines: [String]) throws {
    let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    defer { file.close() }
    try file.write(lines.joined(separator: "\n") + "\n", path: path)
}

/// The last part of a path.
func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
