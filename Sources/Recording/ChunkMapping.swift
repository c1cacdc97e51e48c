import EventBus
import Glibc

/// Takes room for chunks in a file and maps it.
struct ChunkMapping: Sendable {
    /// Takes `length` bytes from `offset` on for good; returns 0 or an error number. Tests give one that fails.
    typealias Allocate = @Sendable (_ file: Int32, _ offset: Int, _ length: Int) -> Int32

    /// Bytes at a chunk's end that are left for `session.ended`.
    static let reserve = 64

    let file: Int32
    let allocate: Allocate

    /// Takes the room, maps it and touches every page, so that writing to it neither waits nor fails. Chunks begin
    /// where they like: the mapping begins at the page before.
    /// - Returns: the memory, or the number of the error.
    func make(offset: Int, length: Int) -> Result<SegmentMemory, Number> {
        let error = allocate(file, offset, length)
        if error != 0 { return .failure(Number(error)) }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let lead = offset % page
        let start = mmap(nil, lead + length, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset - lead)
        guard let start, start != MAP_FAILED else { return .failure(Number(errno)) }
        var place = lead
        while place < lead + length {
            // These bytes belong to the new chunk only: the first one is where it begins, the others open pages.
            start.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
            place = (place / page + 1) * page
        }
        return .success(
            SegmentMemory(base: start + lead, capacity: length, reserve: Self.reserve) { base, _ in
                munmap(base - lead, lead + length)
            })
    }

    /// An error number of the system.
    struct Number: Error {
        let value: Int32
        init(_ value: Int32) { self.value = value }
    }

    /// `posix_fallocate`, within the limit that the process has for files (going past it would raise a signal).
    static let fallocate: Allocate = { file, offset, length in
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
            limit.rlim_cur < UInt(offset + length)
        {
            return EFBIG
        }
        while true {
            let error = posix_fallocate(file, offset, length)
            if error != EINTR { return error }
        }
    }
}
