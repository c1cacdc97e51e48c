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
    }

    /// The `seq` of the record that would come next.
    public private(set) var nextSeq: UInt64
    /// Whether all bytes up to the limit were records.
    public private(set) var isWhole = false
    /// Where the records that were looked at end, in bytes from the chunk's beginning.
    public private(set) var end: Int

    /// Looks at the records that end before `limit`, for as long as the body says true.
    /// - Parameter base: the chunk's first byte; the bytes may be hostile.
    public init(_ base: UnsafeRawPointer, _ header: ChunkHeader, before limit: Int, _ body: (Record) -> Bool) {
        nextSeq = header.firstSeq
        end = Int(header.headerLength)
        var at = Int(header.headerLength)
        var t = header.firstT
        /// Nil where there is none before the end.
        func number(_ end: Int) -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while at < end, shift < 64 {
                let byte = base.load(fromByteOffset: at, as: UInt8.self)
                at += 1
                value |= UInt64(byte & 0x7F) &<< shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        while at < limit {
            let offset = at
            guard let length = number(limit), length >= 2, length <= UInt64(limit - at) else { return }
            let end = at + Int(length)
            let kind = TreeEvent.Kind(rawValue: base.load(fromByteOffset: at, as: UInt8.self))
            at += 1
            guard let passed = number(end) else { return }
            t = Int64(bitPattern: UInt64(bitPattern: t) &+ passed)
            let hasFields = at < end
            var places: UInt64 = kind?.isOfSnapshot == true ? 0 : 1
            if kind == .gap {
                guard let lost = number(end) else { return }
                places = lost
            }
            let seq = places == 0 ? nextSeq &- 1 : nextSeq
            let record = Record(kind: kind, offset: offset, t: t, seq: seq, hasFields: hasFields)
            guard body(record) else { return }
            nextSeq = nextSeq &+ places
            at = end
            self.end = end
        }
        isWhole = true
    }
}
