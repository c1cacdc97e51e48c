/// Ids that were seen. They come nearly in order, so that a few ranges hold all of them.
struct IDSet {
    /// Ascending, with holes between them.
    private var ranges: [ClosedRange<UInt64>] = []

    /// Adds an id; false when it was there.
    mutating func insert(_ id: UInt64) -> Bool {
        let next = firstRange { $0.upperBound >= id }
        if next < ranges.count, ranges[next].contains(id) { return false }
        let joinsBefore = next > 0 && ranges[next - 1].upperBound == id - 1
        let joinsAfter = next < ranges.count && ranges[next].lowerBound - 1 == id
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            ranges[next - 1] = ranges[next - 1].lowerBound...ranges[next].upperBound
            ranges.remove(at: next)
        case (true, false): ranges[next - 1] = ranges[next - 1].lowerBound...id
        case (false, true): ranges[next] = id...ranges[next].upperBound
        case (false, false): ranges.insert(id...id, at: next)
        }
        return true
    }

    func contains(_ id: UInt64) -> Bool {
        let next = firstRange { $0.upperBound >= id }
        return next < ranges.count && ranges[next].contains(id)
    }

    private func firstRange(where isBehind: (ClosedRange<UInt64>) -> Bool) -> Int {
        if let last = ranges.last, !isBehind(last) { return ranges.count }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(ranges[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
