import Glibc

/// Where a command writes what it makes: standard output, or a file that appears under its name when it is whole.
final class Destination {
    private let file: Int32
    private let name: String
    /// Where the file grows until it is whole; nil where it is written in place, such as a pipe.
    private var growing: (path: String, final: String)?
    /// Nobody reads standard output any more.
    private(set) var isClosed = false

    /// - Parameters:
    ///   - path: nil is standard output.
    ///   - source: the file that is read meanwhile, which must not be the same.
    init(_ path: String?, source: String) throws {
        guard let path else {
            (file, name) = (STDOUT_FILENO, "standard output")
            return
        }
        name = path
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere {
            var read = stat()
            if stat(source, &read) == 0, read.st_dev == status.st_dev, read.st_ino == status.st_ino {
                throw Problem(.usage, "\(path) is the session itself: give -o another name")
            }
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw Problem(.unreadable, "\(path) is a directory: give -o a file in it")
            }
        }
        if isThere, Self.isStandardOutput(status) {
            file = STDOUT_FILENO
            return
        }
        // A link stays, and what is no file is written where it is.
        guard let final = isThere ? Self.replaceable(path, status) : path else {
            file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
            guard file >= 0 else { throw Self.problem(path, errno) }
            return
        }
        let slash = final.lastIndex(of: "/")
        let folder = slash.map { String(final[...$0]) } ?? ""
        let last = slash.map { String(final[final.index(after: $0)...]) } ?? final
        var template = Array("\(folder).\(last.prefix(60)).XXXXXX".utf8CString)
        file = mkstemp(&template)
        guard file >= 0 else { throw Self.problem(path, errno) }
        growing = (String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), final)
        let mask = umask(0)
        umask(mask)
        fchmod(file, isThere ? status.st_mode & 0o777 : 0o666 & ~mask)
    }

    deinit {
        guard file != STDOUT_FILENO else { return }
        close(file)
        if let growing { unlink(growing.path) }
    }

    func write(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count, !isClosed {
            let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + start, $0.count - start) }
            if written > 0 {
                start += written
            } else if errno == EPIPE {
                isClosed = true
            } else if errno != EINTR {
                throw Self.problem(name, errno)
            }
        }
    }

    /// All was written: a file gets its name.
    func complete() throws {
        guard let growing else { return }
        guard rename(growing.path, growing.final) == 0 else { throw Self.problem(name, errno) }
        self.growing = nil
    }

    /// The regular file that another one may take the place of: the one that a link leads to. Nil if there is none.
    private static func replaceable(_ path: String, _ status: stat) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG, let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// Whether it is what standard output leads to, as /dev/stdout is.
    private static func isStandardOutput(_ status: stat) -> Bool {
        var own = stat()
        return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == status.st_dev && own.st_ino == status.st_ino
    }

    private static func problem(_ path: String, _ code: Int32) -> Problem {
        Problem(.unreadable, "\(path) cannot be written: \(String(cString: strerror(code)))")
    }
}
