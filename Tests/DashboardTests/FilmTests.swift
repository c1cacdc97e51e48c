import Canvas
import Dashboard
import TestSupport
import Testing
import TreeModel

/// A recording that is only shown forwards looks as one that can be gone about in.
@Suite("A film") struct FilmTests {
    private func picture(_ view: ReplayView) -> String {
        var state = DashboardState(width: 120, height: 36)
        _ = state.update(.replay(view))
        state.prepare()
        var canvas = CellGrid(width: 120, height: 36, ascii: false)
        render(state, into: &canvas)
        return canvas.text
    }

    /// Shows both at instants all over the session.
    private func expectSame(_ events: [TreeEvent], _ note: String) {
        let violations: [UInt64: String] = [events[events.count / 2].seq: "it is broken"]
        var replay = Replay(events: events, verdict: "violated", violations: violations)
        replay.perform(.play)
        var film = Film()
        for event in events { film.scan(event) }
        film.verdict = "violated"
        let broken = events[events.count / 2]
        film.note(violation: "it is broken", seq: broken.seq, at: broken.t)
        #expect(film.end == replay.end)
        #expect(
            film.marks.map { "\($0.kind) \($0.t) \($0.name)" }.sorted()
                == replay.marks.map { "\($0.kind) \($0.t) \($0.name)" }.sorted(), "\(note)")
        #expect(film.marks.map(\.t) == film.marks.map(\.t).sorted())
        var next = 0
        for frame in Int64(0)...60 {
            let t = film.end * frame / 60
            while next < events.count, events[next].t <= t {
                film.fold(events[next])
                next += 1
            }
            replay.seek(time: t)
            let (shown, expected) = (picture(film.view(at: t)), picture(replay.view))
            #expect(shown == expected, "\(note), at \(t) ns")
            if shown != expected { return }
        }
        #expect(next == events.count)
    }

    @Test("shows what a replay shows") func story() { expectSame(OrdersStory().events, "the story") }

    @Test("shows what a replay shows, whatever happened") func random() {
        let seed = Seeds.any()
        var random = RandomEvents(seed: seed)
        expectSame((0..<1_500).map { _ in random.next() }, "TREETOP_SEED=\(seed)")
    }
}
