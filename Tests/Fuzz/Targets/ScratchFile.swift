import Glibc

/// A file without a name that has a path all the same, for what reads files.
public final class ScratchFile: Sendable {
    private let file: Int32
    public let path: String

    public init() {
        let stream = tmpfile()
        precondition(stream != nil, "there is no room for a file")
        file = dup(fileno(stream))
        fclose(stream!)
        path = "/proc/self/fd/\(file)"
    }

    deinit { close(file) }

    /// Puts these bytes in the place of all others.
    public func hold(_ bytes: [UInt8]) {
        precondition(ftruncate(file, 0) == 0 && pwrite(file, bytes, bytes.count, 0) == bytes.count)
    }
}
