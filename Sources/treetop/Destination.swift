import Glibc

/// Where a command writes what it makes: standard output, or a file that appears under its name when it is whole; that may
/// be a database, which the sqlite3 program makes of what it is given.
final class Destination {
    private let file: Int32
    private let name: String
    /// Where the file grows until it is whole; nil where it is written in place, such as a pipe.
    private var growing: (path: String, final: String)?
    private let isDatabase: Bool
    /// What makes it, until that is done.
    private var maker: UnsafeMutablePointer<FILE>?
    var isStandardOutput: Bool { file == STDOUT_FILENO }
    /// Nobody reads what is written any more.
    private(set) var isClosed = false
    /// What is to be written, up to so many bytes.
    private var buffer: [UInt8] = []
    private static let part = 1 << 16

    /// - Parameters:
    ///   - path: nil is standard output.
    ///   - source: the file that is read meanwhile, which must not be the same.
    ///   - isDatabase: what is written is SQL, and the file is to be the database.
    init(_ path: String?, source: String, isDatabase: Bool = false) throws {
        self.isDatabase = isDatabase && path != nil
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
        if isDatabase, isThere, status.st_mode & S_IFMT != S_IFREG {
            throw Problem(.usage, "\(path) is no file: a database is one, give -o another name")
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
        let made = mkstemp(&template)
        guard made >= 0 else { throw Self.problem(path, errno) }
        let growing = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Interrupted.remove(growing)
        let mask = umask(0)
        umask(mask)
        fchmod(made, isThere ? status.st_mode & 0o777 : 0o666 & ~mask)
        if isDatabase {
            close(made)
            guard let maker = Self.makeDatabase(growing) else {
                let code = errno
                unlink(growing)
                throw Self.problem(path, code)
            }
            (file, self.maker) = (fileno(maker), maker)
        } else {
            file = made
        }
        self.growing = (growing, final)
    }

    deinit {
        // What could not be completed is good as far as it goes, where it can be read.
        if growing == nil { try? flush() }
        guard file != STDOUT_FILENO else { return }
        if let maker { pclose(maker) } else if !isDatabase { close(file) }
        if let growing { unlink(growing.path) }
    }

    /// Starts what makes a database of the SQL that it reads, in a file that is empty. It ends with 127 if it is not there.
    private static func makeDatabase(_ path: String) -> UnsafeMutablePointer<FILE>? {
        let place = LiveProgram.quoted(path.hasPrefix("/") ? path : "./\(path)")
        return popen(
            "command -v sqlite3 >/dev/null || exit 127; exec sqlite3 -batch -bail -init /dev/null \(place)", "we")
    }

    func write(_ bytes: [UInt8]) throws {
        if buffer.count + bytes.count < Self.part {
            buffer += bytes
        } else {
            try flush()
            try put(bytes)
        }
    }

    private func flush() throws {
        defer { buffer.removeAll(keepingCapacity: true) }
        try put(buffer)
    }

    private func put(_ bytes: [UInt8]) throws {
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
        try flush()
        guard let growing else { return }
        if let maker {
            self.maker = nil
            let status = pclose(maker)
            if status >> 8 & 0xFF == 127 {
                throw Problem(
                    .unavailable,
                    "\(name) needs the sqlite3 program: install it, or give -o a name that ends in .sql for the SQL")
            }
            guard status == 0 else {
                throw Problem(.unreadable, "\(name) cannot be written: the sqlite3 program failed")
            }
        }
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

    static func problem(_ path: String, _ code: Int32) -> Problem {
        Problem(.unreadable, "\(path) cannot be written: \(String(cString: strerror(code)))")
    }
}
