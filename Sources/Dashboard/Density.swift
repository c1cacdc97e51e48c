/// How many events there are over time, in a bounded number of counts: when the time outgrows them, each two become one.
public struct Density: Sendable {
    private static let most = 1_024
    /// Each count is of this many nanoseconds, as a power of two.
    private var shift: Int64 = 17
    private var counts: [Int32] = []

    public init() {}

    mutating func note(_ t: Int64) {
        let t = min(max(0, t), 1 << 60)
        while t >> shift >= Self.most { merge() }
        let index = Int(t >> shift)
        while counts.count <= index { counts.append(0) }
        counts[index] &+= 1
    }

    private mutating func merge() {
        shift += 1
        counts = stride(from: 0, to: counts.count, by: 2).map { index in
            counts[index] &+ (index + 1 < counts.count ? counts[index + 1] : 0)
        }
    }

    /// How many events there are in each of so many equal parts of a time.
    func columns(_ number: Int, from start: Int64, to end: Int64) -> [Double] {
        guard number > 0 else { return [] }
        guard end > start else { return Array(repeating: 0, count: number) }
        let width = Double(end - start) / Double(number)
        let unit = Double(Int64(1) << shift)
        return (0..<number).map { column in
            let from = Double(start) + Double(column) * width
            let to = from + width
            let first = Int(from / unit)
            guard first < counts.count else { return 0 }
            var sum = 0.0
            for index in first...min(Int(to / unit), counts.count - 1) {
                let share = min(to, Double(index + 1) * unit) - max(from, Double(index) * unit)
                sum += Double(counts[index]) * max(0, share) / unit
            }
            return sum
        }
    }
}
