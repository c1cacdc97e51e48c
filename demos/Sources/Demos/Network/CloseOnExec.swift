import Glibc
import NIOCore

/// Keeps a connection's socket from programs that this process starts.
///
/// NIO opens and accepts without close-on-exec. A child of somebody else's that inherits a socket keeps the connection
/// open after it was closed here: the other side then sees neither an end nor a reset, and a port stays taken. NIO does
/// not tell the descriptor either, so it is found by its two addresses.
func closeOnExec(_ channel: any Channel) {
    guard let local = channel.localAddress?.port, let entries = opendir("/proc/self/fd") else { return }
    defer { closedir(entries) }
    let remote = channel.remoteAddress?.port
    while let entry = readdir(entries) {
        guard let number = Int32(nameOf(entry)), number > 2 else { continue }
        if port(number, getsockname) == local, port(number, getpeername) == remote {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
    }
}

/// The port of one end of an IPv4 socket; nil if it is none, or has no such end.
private func port(
    _ number: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
) -> Int? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(number, $0, &length) }
    }
    guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return Int(UInt16(bigEndian: address.sin_port))
}
