import Glibc

/// What a file can be used for, where it is.
enum FileSystem {
    /// Those that are shared over a network, or that a program stands behind (FUSE: sshfs and others): what is mapped there
    /// is in the file late, if at all, and an access may fail.
    private static let shared: Set<Substring> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "fuse", "9p", "virtiofs", "ceph", "afs", "coda", "lustre",
        "gpfs", "gfs2", "ocfs2", "beegfs", "glusterfs", "orangefs", "vboxsf", "prl_fs",
    ]

    /// - Parameter type: as the system names it, `ext4` or `fuse.sshfs`.
    static func isShared(_ type: Substring) -> Bool { shared.contains(type.prefix { $0 != "." }) }

    /// Whether what is stored into a mapping of this file is in it at once.
    static func allowsMapping(_ file: Int32) -> Bool {
        if let type = type(of: file, mounts()), isShared(type) { return false }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let memory = mmap(nil, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let memory, memory != MAP_FAILED else { return false }
        munmap(memory, page)
        return true
    }

    /// The type of a file's file system; nil where the system does not say.
    private static func type(of file: Int32, _ mounts: String) -> Substring? {
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let device = UInt64(status.st_dev)
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
        return type(ofDevice: "\(major):\(minor)", mounts)
    }

    /// - Parameters:
    ///   - device: such as `0:52`.
    ///   - mounts: the lines of /proc/self/mountinfo: the device is the third word, and the type the first after the dash.
    static func type(ofDevice device: String, _ mounts: String) -> Substring? {
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, words[2] == device, let dash = words[6...].firstIndex(of: "-"),
                dash + 1 < words.count
            else { continue }
            return words[dash + 1]
        }
        return nil
    }

    private static func mounts() -> String {
        let file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while case let count = read(file, &block, block.count), count > 0 { bytes += block[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
