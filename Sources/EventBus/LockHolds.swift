#if HOLDS
    import Glibc
    import Synchronization

    /// How long locks are held; only in a build that is made to find out (`-Xswiftc -DHOLDS`), since it reads a slow clock twice
    /// a hold.
    public enum LockHolds {
        private static let longestSoFar = Atomic<Int64>(0)

        /// The longest since the last call, in nanoseconds of the processor: a thread that is held up by others counts for
        /// nothing.
        public static func takeLongest() -> Int64 { longestSoFar.exchange(0, ordering: .relaxed) }

        static func note(_ hold: Int64) {
            longestSoFar.max(hold, ordering: .relaxed)
        }

        static var now: Int64 {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
    }
#endif
