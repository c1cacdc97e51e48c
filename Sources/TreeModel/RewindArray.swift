/// What can go back to how it was at a mark, at the cost of what changed since.
protocol Rewinding {
    init()
    /// From here on changes are kept.
    mutating func mark()
    /// Goes back to the newest mark, and forgets it.
    mutating func rewind()
    /// Forgets the oldest marks. Without any nothing is kept.
    mutating func forget(_ count: Int)
}

/// An array that can go back.
struct RewindArray<Element: Sendable>: Rewinding, RandomAccessCollection, Sendable {
    private(set) var elements: [Element] = []
    /// What was replaced or taken from the end since the first mark, in that order.
    private var replaced: [(index: Int, element: Element)] = []
    private var marks: [(count: Int, replaced: Int)] = []
    private var isMarked = false

    var startIndex: Int { 0 }
    var endIndex: Int { elements.count }

    subscript(index: Int) -> Element {
        @inline(__always) _read { yield elements[index] }
        @inline(__always) _modify {
            if isMarked { keep(index) }
            yield &elements[index]
        }
    }

    /// Apart, so that the places that change something stay small.
    @inline(never)
    private mutating func keep(_ index: Int) { replaced.append((index, elements[index])) }

    /// Changes an element as often as the body likes: what it was is kept once.
    @inline(__always)
    mutating func change<R>(_ index: Int, _ body: (inout Element) -> R) -> R { body(&self[index]) }

    mutating func reserve(_ count: Int) { elements.reserveCapacity(count) }

    @inline(__always)
    mutating func append(_ element: consuming Element) { elements.append(element) }

    @inline(__always)
    mutating func popLast() -> Element? {
        guard let last = elements.popLast() else { return nil }
        if isMarked { replaced.append((elements.count, last)) }
        return last
    }

    mutating func removeAll(keepingCapacity: Bool) {
        if isMarked {
            for index in elements.indices.reversed() { replaced.append((index, elements[index])) }
        }
        elements.removeAll(keepingCapacity: keepingCapacity)
    }

    mutating func mark() {
        marks.append((elements.count, replaced.count))
        isMarked = true
    }

    mutating func rewind() {
        let mark = marks.removeLast()
        while replaced.count > mark.replaced, let (index, element) = replaced.popLast() {
            if index < elements.count { elements[index] = element } else { elements.append(element) }
        }
        elements.removeLast(elements.count - mark.count)
        isMarked = !marks.isEmpty
    }

    mutating func forget(_ count: Int) {
        let gone = count < marks.count ? marks[count].replaced : replaced.count
        replaced.removeFirst(gone)
        marks.removeFirst(count)
        for index in marks.indices { marks[index].replaced -= gone }
        isMarked = !marks.isEmpty
    }
}

/// A dictionary that can go back.
struct RewindDictionary<Key: Hashable & Sendable, Value: Sendable>: Rewinding, Sendable {
    private var values: [Key: Value] = [:]
    private var replaced: [(key: Key, value: Value?)] = []
    private var marks: [Int] = []

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            let old = newValue.map { values.updateValue($0, forKey: key) } ?? values.removeValue(forKey: key)
            if !marks.isEmpty { replaced.append((key, old)) }
        }
    }

    mutating func updateValue(_ value: Value, forKey key: Key) -> Value? {
        let old = values.updateValue(value, forKey: key)
        if !marks.isEmpty { replaced.append((key, old)) }
        return old
    }

    mutating func mark() { marks.append(replaced.count) }

    mutating func rewind() {
        let mark = marks.removeLast()
        while replaced.count > mark, let (key, value) = replaced.popLast() { values[key] = value }
    }

    mutating func forget(_ count: Int) {
        let gone = count < marks.count ? marks[count] : replaced.count
        replaced.removeFirst(gone)
        marks.removeFirst(count)
        for index in marks.indices { marks[index] -= gone }
    }
}
