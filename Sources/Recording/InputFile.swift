import Glibc

/// A file that is open for reading. Everything is copied out of it, so that whoever writes or cuts it meanwhile does no
/// harm.
final class InputFile {
    let path: String
    private var file: Int32
    /// Bytes when it was opened, or of all that came out of a pipe.
    private(set) var size = 0

    /// - Throws: `missing`, `unreadable`, `directory` or `empty`.
    init(_ path: String) throws(SessionError) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw SessionError(.missing, "\(path) does not exist: name a recorded session")
            }
            throw SessionError(.unreadable, "\(path) cannot be read: \(SessionError.words(errno))")
        }
        if let spooled = try Self.spool(file, path) {
            close(file)
            file = spooled
        }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw SessionError(.unreadable, "\(path) cannot be read: \(SessionError.words(errno))")
        }
        size = Int(status.st_size)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw SessionError(.directory, "\(path) is a directory: name a session file in it")
        case S_IFREG: break
        default: throw SessionError(.unreadable, "\(path) is no regular file: save it to one first")
        }
        guard size > 0 else { throw SessionError(.empty, "\(path) is empty: nothing was recorded in it") }
    }

    deinit { if file >= 0 { close(file) } }

    /// All that comes out of a pipe, in a file without a name, because it is read more than once; nil for what is no pipe.
    private static func spool(_ pipe: Int32, _ path: String) throws(SessionError) -> Int32? {
        var status = stat()
        guard fstat(pipe, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return nil }
        _ = fcntl(pipe, F_SETFL, fcntl(pipe, F_GETFL) & ~O_NONBLOCK)
        guard let stream = tmpfile() else {
            throw SessionError(.unreadable, "\(path) cannot be kept while it is read: \(SessionError.words(errno))")
        }
        defer { fclose(stream) }
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(pipe, &block, block.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0, fwrite(block, 1, count, stream) == count else {
                throw SessionError(.unreadable, "\(path) cannot be read to its end: \(SessionError.words(errno))")
            }
        }
        guard fflush(stream) == 0, case let spooled = dup(fileno(stream)), spooled >= 0 else {
            throw SessionError(.unreadable, "\(path) cannot be kept while it is read: \(SessionError.words(errno))")
        }
        return spooled
    }

    /// For questions about the open file.
    var descriptor: Int32 { file }

    /// Fills as much of the buffer as the file has from `offset` on; returns how many bytes.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SessionError) -> Int {
        var count = 0
        while count < buffer.count {
            let got = pread(file, buffer.baseAddress! + count, buffer.count - count, off_t(offset + count))
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw SessionError(.unreadable, "\(path) cannot be read: \(SessionError.words(errno))")
            }
            count += got
        }
        return count
    }

    /// At most `count` bytes from `offset` on.
    func bytes(at offset: Int, count: Int) throws(SessionError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, size - offset)))
        var got = 0
        var failure: SessionError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(SessionError) { got = try read(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
        bytes.removeLast(bytes.count - got)
        return bytes
    }
}
