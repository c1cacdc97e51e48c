import Glibc

/// Something real that a cell holds: a pipe, two sockets, or a file without a name.
struct Drop: Sendable {
    let name: String
    let kind: String
    private let descriptors: [Descriptor]

    init(_ number: Int, in directory: String) throws {
        name = "drop-\(number)"
        switch number % 3 {
        case 0:
            let (read, write) = try Descriptor.pipe()
            (kind, descriptors) = ("pipe", [read, write])
        case 1:
            let (one, other) = try Descriptor.pair()
            (kind, descriptors) = ("socket", [one, other])
        default:
            var template = Array("\(directory)/treetop-storm-XXXXXX".utf8CString)
            let file = mkstemp(&template)
            guard file >= 0 else { throw DemoError.file("make a file in", directory) }
            _ = fcntl(file, F_SETFD, FD_CLOEXEC)
            unlink(template)
            (kind, descriptors) = ("file", [Descriptor(number: file)])
        }
    }

    func close() {
        for descriptor in descriptors { descriptor.close() }
    }
}
