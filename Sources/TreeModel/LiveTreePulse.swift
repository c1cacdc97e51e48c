extension LiveTree {
    /// How many tasks were alive and how many events came, second by second.
    public struct Pulse: Sendable, Equatable {
        /// How many seconds are kept.
        public static let reach = 240
        /// Tasks alive at the end of each of the last seconds, oldest first; the running second is not in it.
        public private(set) var live: [Int32] = []
        /// Events of each of these seconds.
        public private(set) var events: [Int32] = []
        private var second: Int64 = 0
        private var current: Int32 = 0

        /// Events in the last complete second; before there is one, in the running second.
        public var eventsPerSecond: Int { Int(events.last ?? current) }

        mutating func note() { current &+= 1 }

        @inline(__always)
        mutating func advance(to t: Int64, live count: Int) {
            guard t - second * 1_000_000_000 >= 1_000_000_000 else { return }
            close(t / 1_000_000_000, Int32(clamping: count))
        }

        private mutating func close(_ now: Int64, _ count: Int32) {
            var missing = min(now - second, Int64(Self.reach))
            second = now
            while missing > 0 {
                live.append(count)
                events.append(current)
                current = 0
                missing -= 1
            }
            if live.count > 2 * Self.reach {
                live.removeFirst(live.count - Self.reach)
                events.removeFirst(events.count - Self.reach)
            }
        }
    }
}
