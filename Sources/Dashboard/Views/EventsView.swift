import Canvas
import TreeModel

extension DashboardState {
    /// The last events, oldest first, that the filter lets through.
    func eventRows(_ filter: WordFilter) -> [EventEntry] {
        if let replay, isRecording {
            var rows: [EventEntry] = []
            let names = NamesSoFar(session: replay.names, tree: shown)
            let past = replay.past?.events(before: replay.position, limit: EventTail.capacity) ?? []
            for event in past.reversed() where !event.change.kind.isOfSnapshot {
                let entry = EventEntry(event, in: names)
                if filter.lets(EventWords.text(entry)) { rows.append(entry) }
            }
            rows.reverse()
            return rows
        }
        var entries = (views.frozenTail ?? views.tail).entries
        // In the past of a running program, those up to then that are still kept.
        if isRewound, let seq = replay?.seq { entries.removeAll { $0.event.seq > seq } }
        if filter.isEmpty { return Array(entries) }
        return entries.filter { filter.lets(EventWords.text($0)) }
    }

    func drawEvents(_ rows: [EventEntry], _ place: ViewLayout, into canvas: inout CellGrid) {
        let isWide = canvas.width >= 110
        let seqEnd = isWide ? 10 : 0
        let time = isWide ? 12 : 1
        let kind = time + (isWide ? 13 : 11)
        let what = kind + (canvas.width >= 72 ? 21 : 0)
        let who = canvas.width >= 110 ? min(50, canvas.width / 4) : canvas.width >= 72 ? 20 : 14
        if let y = place.heads {
            if isWide { canvas.putTrailing("SEQ", end: seqEnd, y: y, role: .columnHead) }
            canvas.put("TIME", x: time, y: y, role: .columnHead)
            if what > kind { canvas.put("EVENT", x: kind, y: y, role: .columnHead) }
            canvas.put("TASK", x: what, y: y, role: .columnHead)
            canvas.put("WHAT", x: what + who, y: y, role: .columnHead)
        }
        drawList(rows, place, into: &canvas) { entry, y, canvas in
            let detail = EventWords.detail(entry)
            if isWide { canvas.putTrailing(Words.count(entry.event.seq), end: seqEnd, y: y, role: .dim, limit: 10) }
            canvas.put(Words.instant(entry.event.t), x: time, y: y, role: .dim, limit: kind - time - 1)
            if what > kind {
                canvas.put(entry.event.change.kind.name, x: kind, y: y, role: .dim, limit: what - kind - 1)
            }
            let path = entry.parent.isEmpty ? entry.name : "\(entry.parent)/\(entry.name)"
            canvas.put(Self.tail(path, who - 1, in: canvas), x: what, y: y)
            // Where there is no room for the kind of the event, it is the best word for what says nothing else.
            let text = what > kind || !detail.text.isEmpty ? detail.text : entry.event.change.kind.name
            canvas.put(text, x: what + who, y: y, role: detail.role)
            return false
        }
    }
}
