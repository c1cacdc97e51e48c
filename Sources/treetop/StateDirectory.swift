import Glibc
import Recording

/// Where recordings are kept by default: `$XDG_STATE_HOME/treetop/`, the last 20.
enum StateDirectory {
    static let kept = 20

    static var path: String {
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/treetop" }
        let home = environment("HOME") ?? "/tmp"
        return home + "/.local/state/treetop"
    }

    /// A path for a new recording, in a directory that is there.
    /// - Throws: `Problem` if the directory cannot be made.
    static func newFile(_ name: String) throws -> String {
        try makeDirectory(path)
        var clock = time(nil)
        var local = tm()
        localtime_r(&clock, &local)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%m%d-%H%M%S", &local)
        let stem = "\(path)/\(name)-\(String(decoding: text.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self))"
        var file = stem + ".treetop"
        var count = 2
        while access(file, F_OK) == 0 {
            file = "\(stem)-\(count).treetop"
            count += 1
        }
        return file
    }

    /// The newest recording, or nil.
    static var latest: String? { recordings().last }

    /// Removes all but the newest.
    static func prune() {
        for file in recordings().dropLast(kept) { unlink(file) }
    }

    /// The recordings, the oldest first.
    private static func recordings() -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var found: [(modified: Int, name: String)] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".treetop") else { continue }
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            found.append((status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec, "\(path)/\(name)"))
        }
        return found.sorted { $0 < $1 }.map(\.name)
    }

    private static func makeDirectory(_ path: String) throws {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            if access(made, F_OK) == 0 { continue }
            throw Problem(
                .recordingFailed,
                "cannot make \(made) to record in: \(String(cString: strerror(errno))); give --record FILE or --no-record"
            )
        }
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
