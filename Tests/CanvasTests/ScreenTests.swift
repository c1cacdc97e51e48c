import Canvas
import Testing

@Suite("A screen reads as a block of text")
struct ScreenTests {
    private func screen(ascii: Bool) -> CellGrid {
        var canvas = CellGrid(width: 44, height: 6, ascii: ascii)
        canvas.put("treetop", x: 1, y: 0, role: .title)
        canvas.putTrailing("REC 86 KB", end: 44, y: 0, role: .recording)
        canvas.put(Glyph.unfolded.text(ascii: ascii), x: 1, y: 1)
        canvas.put("workers", x: 3, y: 1, role: .running)
        canvas.put("queue 2 of 64, and a limit of five", x: 20, y: 1, role: .dim)
        canvas.select(row: 1)
        canvas.put("名前", x: 3, y: 2)
        canvas.rule(y: 3, title: "orders / workers")
        let used = canvas.bar(x: 1, y: 4, width: 12, done: 5, total: 10)
        canvas.put("2.7s", x: 2 + used, y: 4)
        canvas.sparkline([0, 1, 4, 8], x: 20, y: 4, width: 10)
        return canvas
    }

    @Test func inFull() {
        #expect(
            screen(ascii: false).text == """
                 treetop                           REC 86 KB
                 ▾ workers          queue 2 of 64, and a li…
                   名前
                ── orders / workers ────────────────────────
                 [━━━━━╌╌╌╌╌] 2.7s  ▁▂▅█

                """)
    }

    @Test func inASCII() {
        #expect(
            screen(ascii: true).text == """
                 treetop                           REC 86 KB
                 v workers          queue 2 of 64, and a li~
                   ????
                --- orders / workers -----------------------
                 [#####.....] 2.7s  _.:|

                """)
    }

    @Test func aHighlightedRowStaysHighlightedWhenDrawnOn() {
        var canvas = screen(ascii: false)
        canvas.put("later", x: 3, y: 1, role: .failed)
        #expect(canvas.cells(ofRow: 1).allSatisfy { $0.selected })
        #expect(canvas[3, 1].role == .failed)
        #expect(canvas.cells(ofRow: 2).allSatisfy { !$0.selected })
        canvas.paint(.match, x: 4, y: 1, width: 2)
        #expect((3..<7).map { canvas[$0, 1].role } == [.failed, .match, .match, .failed])
        canvas.fill(x: 0, y: 1, width: 44)
        #expect(canvas.row(1) == "" && canvas.cells(ofRow: 1).allSatisfy { !$0.selected })
    }

    @Test func croppingKeepsWhatFits() {
        var canvas = CellGrid(width: 6, height: 2)
        canvas.put("日本語", x: 0, y: 0)
        #expect(canvas.cropped(width: 3, height: 1).text == "日")
        #expect(canvas.cropped(width: 8, height: 3).text == "日本語\n\n")
        #expect(canvas.cropped(width: 0, height: 0).text == "")
    }

    @Test func rowsAreComparedByTheirMemory() {
        let canvas = screen(ascii: false)
        var other = canvas
        #expect((0..<6).allSatisfy { canvas.hasRow($0, of: other) })
        other.put("x", x: 43, y: 2)
        #expect((0..<6).map { canvas.hasRow($0, of: other) } == [true, true, false, true, true, true])
        #expect(!canvas.hasRow(6, of: other) && !canvas.hasRow(-1, of: other))
        #expect(!canvas.hasRow(0, of: CellGrid(width: 43, height: 6)))
        #expect(MemoryLayout<Cell>.size == 16, "cells are compared by their bytes, none of which is undefined")
    }

    @Test func canvasesThatLookAlikeAreEqual() {
        #expect(screen(ascii: false) == screen(ascii: false))
        var other = screen(ascii: false)
        other.paint(.failed, x: 3, y: 1, width: 1)
        #expect(other != screen(ascii: false))
    }
}

@Suite("Bars and sparklines are honest")
struct BarTests {
    private func bar(_ done: Double, of total: Double, width: Int = 7) -> String {
        var canvas = CellGrid(width: 20, height: 1, ascii: true)
        canvas.bar(x: 0, y: 0, width: width, done: done, total: total)
        return canvas.text
    }

    @Test func aBarIsFullOnlyWhenAllIsDone() {
        #expect(bar(0, of: 100) == "[.....]")
        #expect(bar(0.1, of: 100) == "[#....]")
        #expect(bar(50, of: 100) == "[##...]")
        #expect(bar(99.9, of: 100) == "[####.]")
        #expect(bar(100, of: 100) == "[#####]")
        #expect(bar(200, of: 100) == "[#####]")
    }

    @Test func numbersThatAreNoneDrawAnEmptyBar() {
        #expect(bar(.nan, of: 100) == "[.....]")
        #expect(bar(1, of: .nan) == "[.....]")
        #expect(bar(-1, of: 100) == "[.....]")
        #expect(bar(1, of: 0) == "[.....]")
        #expect(bar(.infinity, of: .infinity) == "[#####]")
        #expect(bar(1, of: 2, width: 2) == "")
    }

    @Test func sparklinesShowTheLatestAndTellLittleFromNothing() {
        var canvas = CellGrid(width: 20, height: 1, ascii: true)
        #expect(canvas.sparkline([9, 9, 0, 0.001, 10, .nan, -1, .infinity], x: 0, y: 0, width: 6) == 6)
        #expect(canvas.text == "_.|__|")
        #expect(canvas.sparkline([], x: 0, y: 0, width: 6) == 0)
        #expect(canvas.sparkline([1], x: 0, y: 0, width: -6) == 0)
    }
}
