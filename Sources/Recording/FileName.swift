import Glibc

/// The name of a file that is open, which may have been renamed or removed since.
enum FileName {
    /// - Returns: `path` if it still leads there, else its name now; nil if it has none any more.
    static func current(_ file: Int32, _ path: String) -> String? {
        if leads(path, to: file) { return path }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(file)", &buffer, buffer.count)
        guard count > 0, case let name = String(decoding: buffer[..<count], as: UTF8.self), leads(name, to: file) else {
            return nil
        }
        return name
    }

    private static func leads(_ path: String, to file: Int32) -> Bool {
        var (named, open) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(file, &open) == 0 && named.st_dev == open.st_dev
            && named.st_ino == open.st_ino
    }
}
