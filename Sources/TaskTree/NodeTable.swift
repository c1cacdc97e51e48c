import TreeModel

/// Finds a live node by its id: pages of 64 ids, dropped when the last of a page is gone. Ids are given in order, so this
/// stays small and takes a few nanoseconds where a dictionary takes fifty.
///
/// Pages are used again and never given back: a `free` of that size can make malloc tidy up all that a large tree freed,
/// which takes 50 ms, and a lock is held here.
struct NodeTable {
    private final class Page {
        var nodes = [Unmanaged<Node>?](repeating: nil, count: 64)
        var live = 0
    }
    private var pages: [UInt64: Page] = [:]
    private var spare: [Page] = []
    private var made = 0
    /// The page used last: nearly always the one that is asked for.
    private var recent: (number: UInt64, page: Page)?

    private mutating func page(_ number: UInt64) -> Page? {
        if let recent, recent.number == number { return recent.page }
        guard let page = pages[number] else { return nil }
        recent = (number, page)
        return page
    }

    private mutating func makePage() -> Page {
        made += 1
        // Room to take them all back without asking for memory then.
        if spare.capacity < made { spare.reserveCapacity(2 * made) }
        return Page()
    }

    /// The node is not retained: it is taken out before it is let go.
    mutating func insert(_ node: Node) {
        let number = node.id.rawValue >> 6
        let page: Page
        if let found = self.page(number) {
            page = found
        } else {
            page = spare.popLast() ?? makePage()
            pages[number] = page
            recent = (number, page)
        }
        page.nodes[Int(node.id.rawValue & 63)] = Unmanaged.passUnretained(node)
        page.live += 1
    }

    mutating func remove(_ id: TaskID) {
        let number = id.rawValue >> 6
        guard let page = page(number) else { return }
        page.nodes[Int(id.rawValue & 63)] = nil
        page.live -= 1
        if page.live == 0 {
            pages[number] = nil
            spare.append(page)
            if recent?.number == number { recent = nil }
        }
    }

    mutating func find(_ id: TaskID) -> Node? {
        page(id.rawValue >> 6)?.nodes[Int(id.rawValue & 63)]?.takeUnretainedValue()
    }
}
