import Glibc
import Synchronization

/// What the cells share: numbers, lengths of life, and how many may hold something.
final class Weather: Sendable {
    let scale: Int
    let directory: String
    private let seed: UInt64
    private let lastCell = Atomic<Int>(0)
    private let bursts = Atomic<Int>(0)
    private let drops = Atomic<Int>(0)
    private let permits: Atomic<Int>
    /// So many cells are replaced a second, whatever the scale.
    private let rate: Int

    init(_ settings: DemoSettings) {
        scale = settings.scale
        rate = max(1, settings.rate)
        seed = settings.seed ?? 1042
        directory = settings.directory ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Two descriptors each, and enough left for the rest of the program.
        let room = (Int(min(limit.rlim_cur, 4096)) - 256) / 2
        permits = Atomic(max(0, min(300, scale / 20, room)))
    }

    /// How many are replaced a second, where none lives for less than two seconds on average.
    var replaced: Int { min(rate, scale / 2) }

    func nextCell() -> Int { lastCell.wrappingAdd(1, ordering: .relaxed).newValue }
    func burst() { bursts.wrappingAdd(1, ordering: .relaxed) }

    /// Whether the caller may hold something; it gives the permit back.
    func takePermit() -> Bool {
        if permits.wrappingSubtract(1, ordering: .relaxed).newValue >= 0 {
            drops.wrappingAdd(1, ordering: .relaxed)
            return true
        }
        permits.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    func givePermit() { permits.wrappingAdd(1, ordering: .relaxed) }

    /// How long a cell lives: between a third of the mean and a bit more than one and a half of it.
    func life(of number: Int) -> Duration {
        let mean = max(2000, scale * 1000 / rate)
        return SeededRandom.delay(mean / 3...mean * 5 / 3, seed: seed, for: number)
    }

    var totals: [String] {
        let cells = lastCell.load(ordering: .relaxed)
        return [
            "storm: \(cells) cells, \(bursts.load(ordering: .relaxed)) burst, \(drops.load(ordering: .relaxed)) held something"
        ]
    }
}
