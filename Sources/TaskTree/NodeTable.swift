import TreeModel

/// Finds a live node by its id: pages of 64 ids, dropped when the last of a page is gone. Ids are given in order, so this
/// stays small and takes a few nanoseconds where a dictionary takes fifty.
///
/// Its pages are in the order of their numbers: a walk over all nodes takes a few of them at a time, while others come and
/// go.
///
/// Pages are used again and never given back: a `free` of that size can make malloc tidy up all that a large tree freed,
/// which takes 50 ms, and a lock is held here.
final class NodeTable {
    private final class Page {
        var nodes = InlineArray<64, Unmanaged<Node>?>(repeating: nil)
        var live = 0
        var number: UInt64 = 0
        // Owned by the dictionary, so that no chain of them is let go at once.
        unowned(unsafe) var next: Page?
        unowned(unsafe) var previous: Page?
    }
    private var pages: [UInt64: Page] = [:]
    private var spare: [Page] = []
    private var made = 0
    /// How many there are.
    private(set) var count = 0
    private unowned(unsafe) var first: Page?
    private unowned(unsafe) var last: Page?
    /// Where the walk is: the page, and the place in it.
    private unowned(unsafe) var walked: Page?
    private var place = 0
    /// The page used last: nearly always the one that is asked for. Kept by the dictionary, as all are that have a node.
    private var recent: (number: UInt64, page: Unmanaged<Page>)?

    /// The page of a number: nobody counts a reference for each node that comes or goes.
    private func page(_ number: UInt64) -> Unmanaged<Page>? {
        if let recent, recent.number == number { return recent.page }
        guard let page = pages[number].map({ Unmanaged.passUnretained($0) }) else { return nil }
        recent = (number, page)
        return page
    }

    private func makePage() -> Page {
        made += 1
        // Room to take them all back without asking for memory then.
        if spare.capacity < made { spare.reserveCapacity(2 * made) }
        return Page()
    }

    /// The node is not retained: it is taken out before it is let go.
    func insert(_ node: Node) {
        let id = node.id.rawValue
        (page(id >> 6) ?? beginPage(id >> 6))._withUnsafeGuaranteedRef { page in
            page.nodes[Int(id & 63)] = Unmanaged.passUnretained(node)
            page.live += 1
        }
        count += 1
    }

    private func beginPage(_ number: UInt64) -> Unmanaged<Page> {
        let page = spare.popLast() ?? makePage()
        page.number = number
        pages[number] = page
        link(page)
        recent = (number, Unmanaged.passUnretained(page))
        return Unmanaged.passUnretained(page)
    }

    func remove(_ id: TaskID) {
        let number = id.rawValue >> 6
        guard let page = page(number) else { return }
        count -= 1
        let isEmpty = page._withUnsafeGuaranteedRef { page in
            page.nodes[Int(id.rawValue & 63)] = nil
            page.live -= 1
            return page.live == 0
        }
        if isEmpty { endPage(number) }
    }

    private func endPage(_ number: UInt64) {
        guard let page = pages.removeValue(forKey: number) else { return }
        unlink(page)
        spare.append(page)
        if recent?.number == number { recent = nil }
    }

    func find(_ id: TaskID) -> Node? {
        page(id.rawValue >> 6)?._withUnsafeGuaranteedRef { $0.nodes[Int(id.rawValue & 63)]?.takeUnretainedValue() }
    }

    /// Puts a page in its place: behind all others, as ids are given in order.
    private func link(_ page: Page) {
        assert(last.map { $0.number < page.number } ?? true, "ids are given in order")
        page.previous = last
        page.next = nil
        if let last { last.next = page } else { first = page }
        last = page
    }

    private func unlink(_ page: Page) {
        if walked === page {
            walked = page.next
            place = 0
        }
        if let previous = page.previous { previous.next = page.next } else { first = page.next }
        if let next = page.next { next.previous = page.previous } else { last = page.previous }
        page.next = nil
        page.previous = nil
    }

    /// Begins a walk over the nodes, in the order of their ids: a parent comes before its children. There is one at a time.
    func beginWalk() {
        walked = first
        place = 0
    }

    /// The next node of the walk, or nil behind the last.
    func walk() -> Node? {
        while let page = walked {
            while place < 64 {
                defer { place += 1 }
                if let node = page.nodes[place] { return node.takeUnretainedValue() }
            }
            walked = page.next
            place = 0
        }
        return nil
    }
}
