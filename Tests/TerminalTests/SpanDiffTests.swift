import Canvas
import Testing

@testable import Terminal

@Suite("Only what changed is drawn")
struct SpanDiffTests {
    private func spans(_ old: String, _ new: String) -> [Range<Int>] {
        var (before, after) = (CellGrid(width: 20, height: 1), CellGrid(width: 20, height: 1))
        before.put(old, x: 0, y: 0)
        after.put(new, x: 0, y: 0)
        return SpanDiff.spans(from: before.cells(ofRow: 0), to: after.cells(ofRow: 0))
    }

    @Test func equalRowsHaveNoSpans() { #expect(spans("hello", "hello") == []) }

    @Test func changesNearEachOtherAreOneSpan() {
        #expect(spans("abcdefghijkl", "Xbcdefghijkl") == [0..<1])
        #expect(spans("abcdefghijkl", "XbcYefghijkl") == [0..<4])
        #expect(spans("abcdefghijkl", "XbcdefYhijkl") == [0..<1, 6..<7])
    }

    @Test func wideCharactersAreDrawnWhole() {
        #expect(spans("日本語", "日中語") == [2..<4])
        #expect(spans("abcdef", "日cdef") == [0..<2])
        #expect(spans("日cdef", "abcdef") == [0..<2])
        var before = CellGrid(width: 4, height: 1)
        before.put("a日", x: 0, y: 0)
        var after = before
        after.paint(.match, x: 2, y: 0, width: 1)
        #expect(SpanDiff.spans(from: before.cells(ofRow: 0), to: after.cells(ofRow: 0)) == [1..<3])
    }
}
