import TreeModel

/// Goes over the records of a chunk without reading their fields: what kinds there are, where, and when.
public struct ChunkSkim {
    /// One record, as far as it is looked at.
    public struct Record {
        public let kind: TreeEvent.Kind?
        /// Where it begins, in bytes from the chunk's beginning.
        public let offset: Int
        public let t: Int64
        /// Its `seq`; of the rows of a snapshot that of the event before.
        public let seq: UInt64
        /// Whether it has any field.
        public let hasFields: Bool

        @inlinable
        init(kind: TreeEvent.Kind?, offset: Int, t: Int64, seq: UInt64, hasFields: Bool) {
            self.kind = kind
            self.offset = offset
            self.t = t
            self.seq = seq
            self.hasFields = hasFields
        }
    }

    /// The `seq` of the record that would come next.
    public let nextSeq: UInt64
    /// Whether all bytes up to the limit were records.
    public let isWhole: Bool
    /// Where the records that were looked at end, in bytes from the chunk's beginning.
    public let end: Int

    /// Looks at the records that end before `limit`, for as long as the body says true.
    /// - Parameter base: the chunk's first byte; the bytes may be hostile.
    @inlinable
    public init(_ base: UnsafeRawPointer, _ header: ChunkHeader, before limit: Int, _ body: (Record) -> Bool) {
        var nextSeq = header.firstSeq
        var t = header.firstT
        var end = Int(header.headerLength)
        while end < limit {
            var at = end
            guard let length = Varint.take(base, &at, limit), length >= 2, length <= UInt64(limit - at) else { break }
            let next = at + Int(length)
            let kind = TreeEvent.Kind(rawValue: base.load(fromByteOffset: at, as: UInt8.self))
            at += 1
            guard let passed = Varint.take(base, &at, next) else { break }
            t = Int64(bitPattern: UInt64(bitPattern: t) &+ passed)
            let hasFields = at < next
            var places: UInt64 = kind?.isOfSnapshot == true ? 0 : 1
            if kind == .gap {
                guard let lost = Varint.take(base, &at, next) else { break }
                places = lost
            }
            let seq = places == 0 ? nextSeq &- 1 : nextSeq
            guard body(Record(kind: kind, offset: end, t: t, seq: seq, hasFields: hasFields)) else { break }
            nextSeq = nextSeq &+ places
            end = next
        }
        self.nextSeq = nextSeq
        self.end = end
        isWhole = end >= limit
    }
}
