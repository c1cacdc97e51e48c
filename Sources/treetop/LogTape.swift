import Dashboard
import EventBus
import TreeModel

/// What the log of a running program still keeps, for going back in it: as many events lie before one as its `seq` says.
struct LogTape: EventTape {
    private let window: LogWindow

    init(_ log: EventLog) { window = LogWindow(log) }

    var range: Range<Int> {
        let seqs = window.range
        return Int(seqs.lowerBound) - 1..<Int(seqs.upperBound) - 1
    }

    func read(_ positions: Range<Int>, _ body: (TreeEvent) -> Void) {
        window.read(UInt64(positions.lowerBound) + 1..<UInt64(positions.upperBound) + 1, body)
    }

    func position(at instant: Int64) -> Int { Int(window.seq(at: instant)) }
}
