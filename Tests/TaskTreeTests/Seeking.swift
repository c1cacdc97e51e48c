import EventBus
import Testing
import TestSupport
import TreeModel

@testable import Recording

/// Records a log into a file with small chunks, and goes to each of its events and instants in any order: there is the tree, and
/// there are the counts, to which all events up to there lead.
func expectSeeks(_ events: [TreeEvent], _ note: String, location: SourceLocation = #_sourceLocation) throws {
    let scratch = Scratch()
    let path = scratch["seek.treetop"]
    let session = SessionInfo(name: "seek")
    let store = try MappedStore(creating: path, for: session, firstChunk: 4096, largestChunk: 4096)
    let log = EventLog(session, store: store)
    for event in events { log.append(event.change, at: event.t) }
    log.close()
    let seeker = try #require(try SessionFile(path).seeker())
    var whole = LiveTree()
    var next = 0
    for seq in 0...(events.last?.seq ?? 0) {
        while next < events.count, events[next].seq <= seq {
            whole.apply(events[next])
            next += 1
        }
        let found = try seeker.tree(at: .seq(seq))
        let difference = Told(whole).difference(from: Told(found)) ?? counts(whole).difference(from: counts(found))
        #expect(difference == nil, "\(note), at \(seq): \(difference ?? "")", sourceLocation: location)
        if difference != nil { return }
        // The events of one instant come together.
        guard events.indices.contains(next - 1), case let t = events[next - 1].t else { continue }
        guard next == events.count || events[next].t > t else { continue }
        #expect(try seeker.seq(at: t) == seq, "\(note), at \(t) ns", sourceLocation: location)
        let there = try seeker.tree(at: .t(t))
        let other = Told(whole).difference(from: Told(there)) ?? counts(whole).difference(from: counts(there))
        #expect(other == nil, "\(note), at \(t) ns: \(other ?? "")", sourceLocation: location)
        if other != nil { return }
    }
}

private func counts(_ tree: LiveTree) -> [Int] {
    let totals = tree.totals
    return [
        totals.events, totals.live, totals.held, totals.quarantined, totals.started, totals.succeeded, totals.failed,
        totals.cancelled, totals.abandoned, totals.returned, totals.acquired, totals.released, totals.leaked,
        totals.releaseFailures, totals.starvations,
    ]
}

extension [Int] {
    fileprivate func difference(from other: [Int]) -> String? { self == other ? nil : "\(self) and not \(other)" }
}
