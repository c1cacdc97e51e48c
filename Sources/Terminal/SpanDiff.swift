import Canvas

/// Finds what has to be drawn to turn one row into another.
enum SpanDiff {
    /// Fewer unchanged cells than this between two changes are drawn along: a jump of the cursor costs more.
    private static let shortGap = 4

    /// The spans of `new` that differ from `old`, left to right. No span begins or ends inside a wide character.
    static func spans(from old: ArraySlice<Cell>, to new: ArraySlice<Cell>) -> [Range<Int>] {
        old.withUnsafeBufferPointer { old in new.withUnsafeBufferPointer { new in spans(from: old, to: new) } }
    }

    private static func spans(
        from old: UnsafeBufferPointer<Cell>, to new: UnsafeBufferPointer<Cell>
    ) -> [Range<Int>] {
        let end = min(old.count, new.count)
        var spans: [Range<Int>] = []
        var index = 0
        while index < end {
            guard old[index] != new[index] else {
                index += 1
                continue
            }
            var start = index
            if new[start].width == 0, start > 0 { start -= 1 }
            var stop = index + 1
            while stop < end, new[stop].width == 0 || old[stop] != new[stop] { stop += 1 }
            if let last = spans.last, start - last.upperBound < shortGap {
                spans[spans.count - 1] = last.lowerBound..<stop
            } else {
                spans.append(start..<stop)
            }
            index = stop
        }
        return spans
    }
}
