import Canvas
import Glibc
import Measure
import Synchronization
import Terminal

/// Frames of 200x60 that are painted, by a screen in this process on a terminal that is read all the time.
enum Painting {
    static func measure(_ isQuick: Bool) throws -> [Figure] {
        let count = isQuick ? 200 : 1000
        let terminal = try PseudoTerminal(width: 200, height: 60)
        let reading = Reading(terminal)
        var options = ScreenOptions()
        options.device = .descriptors(input: terminal.inner, output: terminal.inner)
        options.type = "xterm-256color"
        options.capturesErrors = false
        let screen = try TerminalScreen(options: options)
        let frames = (canvas(0), canvas(60))
        func times(_ body: (CellGrid) -> Void) -> [Double] {
            (0..<count).map { number in
                let begin = Machine.now
                body(number % 2 == 0 ? frames.0 : frames.1)
                return Double(Machine.now - begin) / 1_000_000
            }
        }
        let full = times { _ in
            screen.redraw()
            screen.present(frames.0)
        }
        let cells = times { screen.present($0) }
        screen.present(frames.0)
        let before = reading.settled()
        let same = times { _ in screen.present(frames.0) }
        let after = reading.settled()
        screen.giveBack()
        reading.end()
        return [
            Figure("paint all of 200x60, p50", full.quantile(0.5), "ms", .atMost(2)),
            Figure("paint all of 200x60, p99", full.quantile(0.99), "ms"),
            Figure("paint 60 changed cells, p50", cells.quantile(0.5), "ms", .atMost(0.1)),
            Figure("paint 60 changed cells, p99", cells.quantile(0.99), "ms"),
            Figure("unchanged frame", Double(after - before) / Double(count), "bytes", .atMost(0)),
            Figure("unchanged frame, p50", same.quantile(0.5) * 1000, "µs"),
        ]
    }

    /// A screen full of text in all roles, of which so many cells are another letter, three side by side in each row.
    private static func canvas(_ changed: Int) -> CellGrid {
        var canvas = CellGrid(width: 200, height: 60)
        let roles = Role.allCases
        for y in 0..<60 {
            for part in 0..<10 {
                canvas.put("task-\(y)-\(part) waits 12s", x: part * 20, y: y, role: roles[(y + part * 3) % roles.count])
            }
        }
        canvas.select(row: 7)
        for number in 0..<changed { canvas.put("#", x: 80 + number % 3, y: number / 3 * 2) }
        return canvas
    }
}

/// Reads what is painted, on a thread of its own.
private final class Reading: Sendable {
    private let count = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)
    private let thread = Mutex<OwnThread?>(nil)

    init(_ terminal: PseudoTerminal) {
        nonisolated(unsafe) let terminal = terminal  // the other thread writes to its other side only
        let made = OwnThread { [self] in
            while !isOver.load(ordering: .acquiring) {
                count.add(terminal.read(milliseconds: 20).count, ordering: .releasing)
            }
        }
        thread.withLock { $0 = made }
    }

    /// How many bytes there were, once no more come.
    func settled() -> Int {
        var last = -1
        while case let now = count.load(ordering: .acquiring), now != last {
            last = now
            poll(nil, 0, 100)
        }
        return last
    }

    func end() {
        isOver.store(true, ordering: .releasing)
        thread.withLock { $0 }?.join()
    }
}
