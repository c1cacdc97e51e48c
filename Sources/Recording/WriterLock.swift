import Glibc

/// The lock by which others know that a session file is still written. It belongs to the open file, so that it goes with
/// its writer, whatever that dies of, and does not stay with a child of it.
enum WriterLock {
    // Of Linux's fcntl.h; they are not imported.
    private static let get: Int32 = 36
    private static let set: Int32 = 37

    private static func lock(_ kind: Int32) -> Glibc.flock {
        var lock = Glibc.flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    /// Takes it, for as long as the file is open. Where that cannot be, who follows finds no writer when nothing comes.
    static func take(_ file: Int32) {
        var lock = lock(F_WRLCK)
        withUnsafeMutablePointer(to: &lock) { _ = fcntl(file, set, UnsafeMutableRawPointer($0)) }
    }

    /// Whether a process has it.
    static func isHeld(_ file: Int32) -> Bool {
        var lock = lock(F_RDLCK)
        let answer = withUnsafeMutablePointer(to: &lock) { fcntl(file, get, UnsafeMutableRawPointer($0)) }
        return answer == 0 && lock.l_type != Int16(F_UNLCK)
    }
}
