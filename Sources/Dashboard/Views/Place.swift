/// Where somebody is in a list: on one entry of it, whatever comes and goes around that.
struct Place: Sendable {
    /// Where the newest entry of a list is.
    enum Newest: Sendable { case nowhere, first, last }

    var id: ViewRows.ID?
    private(set) var index = 0
    /// The first row on the screen.
    private(set) var top = 0
    /// Whether it goes to the newest entry as it comes.
    var follows = true

    /// Takes in what the list is now. The cursor stays on its entry, and that stays where it is on the screen; when it is gone,
    /// the next one that is left takes its place.
    mutating func settle(in ids: [ViewRows.ID], was: [ViewRows.ID], newest: Newest, room: Int) {
        let screenRow = index - top
        if follows, newest != .nowhere {
            index = newest == .first ? 0 : max(0, ids.count - 1)
        } else if let id, let found = ids.firstIndex(of: id) {
            index = found
        } else if id != nil, was.indices.contains(index) {
            let left = Set(ids)
            let after = was[index...].first(where: left.contains) ?? was[..<index].last(where: left.contains)
            index = after.flatMap { ids.firstIndex(of: $0) } ?? index
        }
        index = min(max(0, index), max(0, ids.count - 1))
        top = follows && newest == .last ? ids.count - room : index - screenRow
        id = ids.isEmpty ? nil : ids[index]
        scroll(ids.count, room)
    }

    /// Goes to an entry; one that is at the newest end is followed from there on.
    mutating func move(to target: Int, in ids: [ViewRows.ID], newest: Newest, room: Int) {
        guard !ids.isEmpty else { return }
        index = min(max(0, target), ids.count - 1)
        id = ids[index]
        if newest == .nowhere || index != (newest == .first ? 0 : ids.count - 1) { follows = false }
        scroll(ids.count, room)
    }

    /// Moves the list below the cursor, which goes only as far as it must to stay on the screen.
    mutating func scroll(by distance: Int, in ids: [ViewRows.ID], newest: Newest, room: Int) {
        let room = max(1, room)
        top = min(max(0, top + distance), max(0, ids.count - room))
        move(to: min(max(index, top), top + room - 1), in: ids, newest: newest, room: room)
    }

    /// Keeps the cursor on the screen, and the screen full.
    private mutating func scroll(_ count: Int, _ room: Int) {
        let room = max(1, room)
        top = min(top, index)
        top = max(top, index - room + 1)
        top = max(0, min(top, count - room))
    }
}
