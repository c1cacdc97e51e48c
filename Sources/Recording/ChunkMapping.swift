import EventBus
import Glibc
import Synchronization

/// Takes room for chunks in a file and maps it.
struct ChunkMapping: Sendable {
    /// Takes `length` bytes from `offset` on for good; returns 0 or an error number. Tests give one that fails.
    typealias Allocate = @Sendable (_ file: Int32, _ offset: Int, _ length: Int) -> Int32

    /// Bytes at a chunk's end that are left for `session.ended`.
    static let reserve = 64

    let file: Int32
    let allocate: Allocate
    /// Raised when a page of the file could not be had.
    let fault = FaultFlag()

    /// Why there is no chunk.
    enum Failure: Error {
        /// A number of the system.
        case system(Int32)
        /// The file has no name any more.
        case removed
        /// Its pages cannot be had any more.
        case lost

        var words: String {
            switch self {
            case .system(let number): SessionError.words(number)
            case .removed: "the file was removed"
            case .lost: "the file was cut short by somebody else, or its disk failed"
            }
        }
    }

    /// What is wrong with the file as a whole.
    var failure: Failure? {
        if fault.isRaised { return .lost }
        var status = stat()
        return fstat(file, &status) == 0 && status.st_nlink == 0 ? .removed : nil
    }

    /// Takes the room, where that is not done yet, maps it and touches every page, so that writing to it neither waits nor
    /// fails. Chunks begin where they like: the mapping begins at the page before.
    /// - Parameters:
    ///   - isRoom: a new chunk is marked as room at once, because others may be behind it before it is opened.
    ///   - release: called with the memory's address when nobody has it any more.
    func make(
        _ plan: ChunkSlots.Plan, isRoom: Bool, release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) -> Result<SegmentMemory, Failure> {
        if let failure { return .failure(failure) }
        let (offset, length) = (plan.slot.offset, plan.slot.capacity)
        if plan.isFresh {
            let error = allocate(file, offset, length)
            if error != 0 { return .failure(.system(error)) }
        }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let lead = offset % page
        let start = mmap(nil, lead + length, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset - lead)
        guard let start, start != MAP_FAILED else { return .failure(.system(errno)) }
        let watch = FaultGuard.watch(start, (lead + length + page - 1) / page * page, fault)
        var place = lead
        while place < lead + length {
            // A write that changes nothing: there may be a header that says that this is room.
            (start + place).assumingMemoryBound(to: Atomic<UInt8>.self).pointee.bitwiseOr(0, ordering: .relaxed)
            place = (place / page + 1) * page
        }
        let base = start + lead
        if plan.isFresh, isRoom {
            ChunkHeader.open(at: base, kind: .room, capacity: length, firstSeq: 0, firstT: 0)
        }
        return .success(
            SegmentMemory(base: base, capacity: length, reserve: Self.reserve) { [fault] base, _ in
                if let watch { FaultGuard.unwatch(watch) }
                // Before the address can be that of another.
                release(base)
                munmap(base - lead, lead + length)
                withExtendedLifetime(fault) {}
            })
    }

    /// Marks the chunk at this place as one that is not kept any more.
    func mark(room offset: Int) {
        var kind = ChunkKind.room.rawValue
        _ = pwrite(file, &kind, 1, off_t(offset + 4))
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
