import TreeModel

/// Finds a live node by its id: pages of 1,024 ids, dropped when the last of a page is gone. Ids are given in order, so
/// this stays small and takes a few nanoseconds where a dictionary takes fifty.
struct NodeTable {
    private final class Page {
        var nodes = [Unmanaged<Node>?](repeating: nil, count: 1024)
        var live = 0
    }
    private var pages: [UInt64: Page] = [:]
    /// The page used last: nearly always the one that is asked for.
    private var recent: (number: UInt64, page: Page)?

    private mutating func page(_ number: UInt64) -> Page? {
        if let recent, recent.number == number { return recent.page }
        guard let page = pages[number] else { return nil }
        recent = (number, page)
        return page
    }

    /// The node is not retained: it is taken out before it is let go.
    mutating func insert(_ node: Node) {
        let number = node.id.rawValue >> 10
        let page: Page
        if let found = self.page(number) {
            page = found
        } else {
            page = Page()
            pages[number] = page
            recent = (number, page)
        }
        page.nodes[Int(node.id.rawValue & 1023)] = Unmanaged.passUnretained(node)
        page.live += 1
    }

    mutating func remove(_ id: TaskID) {
        let number = id.rawValue >> 10
        guard let page = page(number) else { return }
        page.nodes[Int(id.rawValue & 1023)] = nil
        page.live -= 1
        if page.live == 0 {
            pages[number] = nil
            if recent?.number == number { recent = nil }
        }
    }

    mutating func find(_ id: TaskID) -> Node? {
        page(id.rawValue >> 10)?.nodes[Int(id.rawValue & 1023)]?.takeUnretainedValue()
    }
}
