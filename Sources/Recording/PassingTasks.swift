import EventBus
import TreeModel

/// Finds the tasks that come and go between two places of a log and of which nothing is left at the second one: they started
/// there, did nothing but wait and end well, so did all below them, and so many ended well after them that no list remembers
/// them any more. To fold a tree without their events comes to the same, and takes a fraction of the time.
///
/// First `see` all that happens in between, then `close`, then ask.
final class PassingTasks {
    private struct Marks: OptionSet {
        var rawValue: UInt8
        static let begun = Marks(rawValue: 1)
        static let ended = Marks(rawValue: 2)
        /// It ended so long ago that nothing of it is left.
        static let isGone = Marks(rawValue: 4)
        /// Something remarkable was said about it, or about a task below it.
        static let isRemarkable = Marks(rawValue: 8)
        /// It is in the counts.
        static let isCounted = Marks(rawValue: 16)
        var isPassing: Bool { contains(.isGone) && !contains(.isRemarkable) }
    }

    /// The marks and the parents of the tasks with ids that are neighbours.
    private struct Page {
        static let size = 64
        var marks = [Marks](repeating: [], count: size)
        var parents = [UInt64](repeating: 0, count: size)
    }

    /// More pages are not kept: ids that are so far apart are made up.
    private static let mostPages = 1 << 16

    // What is asked for at each event is not guarded against who else might: nobody has this object but one fold.
    @exclusivity(unchecked) private var pages: [Page] = []
    /// The places of pages by their numbers; of the first numbers in an array, -1 is none.
    @exclusivity(unchecked) private var firstPlaces: [Int32] = []
    @exclusivity(unchecked) private var places: [UInt64: Int] = [:]
    @exclusivity(unchecked) private var last: (number: UInt64, place: Int) = (.max, 0)
    private static let mostFirst: UInt64 = 1 << 20
    /// The last ends, in a ring.
    @exclusivity(unchecked) private var ends: [UInt64] = []
    @exclusivity(unchecked) private var oldest = 0
    private let memory: Int
    /// Whether rows bring tasks that were not known: up to the end of the snapshot that the fold begins with.
    @exclusivity(unchecked) private var rowsBegin: Bool
    /// Nothing can be passed: events are missing, or there are too many ids.
    @exclusivity(unchecked) private(set) var isHopeless = false

    /// - Parameters:
    ///   - memory: how many ends are remembered (`LiveTree.memory`).
    ///   - fromSnapshot: the fold begins with a snapshot, and not with a whole tree.
    init(memory: Int, fromSnapshot: Bool) {
        self.memory = memory
        rowsBegin = fromSnapshot
    }

    /// The place of a page that is there; nil for another.
    @inline(__always)
    private func known(_ number: UInt64) -> Int? {
        if last.number == number { return last.place }
        if number < Self.mostFirst {
            guard number < firstPlaces.count, case let place = Int(firstPlaces[Int(number)]), place >= 0 else {
                return nil
            }
            last = (number, place)
            return place
        }
        guard let place = places[number] else { return nil }
        last = (number, place)
        return place
    }

    @inline(__always)
    private func place(of id: UInt64) -> Int {
        let number = id / UInt64(Page.size)
        return known(number) ?? add(number)
    }

    private func add(_ number: UInt64) -> Int {
        guard pages.count < Self.mostPages else {
            isHopeless = true
            return 0
        }
        pages.append(Page())
        if number < Self.mostFirst {
            while firstPlaces.count <= Int(number) { firstPlaces.append(-1) }
            firstPlaces[Int(number)] = Int32(pages.count - 1)
        } else {
            places[number] = pages.count - 1
        }
        last = (number, pages.count - 1)
        return pages.count - 1
    }

    @inline(__always)
    private func marks(of id: UInt64) -> Marks {
        guard let place = known(id / UInt64(Page.size)) else { return [] }
        return pages[place].marks[Int(id % UInt64(Page.size))]
    }

    // MARK: What happens in between

    /// Events are missing here.
    func seeGap() { isHopeless = true }

    func see(_ glance: Glance) {
        guard let task = glance.task?.rawValue else {
            switch glance.kind {
            case .snapshotEnd: rowsBegin = false
            case .gap: isHopeless = true
            case .taskStarted, .taskProgress, .taskLog, .taskWaiting, .taskResumed, .cancelRequested, .cancelEscalated,
                .taskCancelling, .taskJoining, .taskOverdue, .resourceAcquiring, .resourceFailed, .resourceAcquired,
                .resourceReleasing, .resourceReleased, .resourceQuarantined, .resourceReturned, .taskFinished,
                .taskReturned, .cancelCompleted, .drainRequested, .taskDraining, .drainCompleted, .shutdownPhase,
                .engineStarved, .snapshotBegin, .snapshotTask, .snapshotResource, .sessionEnded:
                break
            }
            return
        }
        let page = place(of: task)
        guard !isHopeless else { return }
        let index = Int(task % UInt64(Page.size))
        let marks = pages[page].marks[index]
        let isBeginning = glance.kind == .taskStarted || (glance.kind == .snapshotTask && rowsBegin)
        if glance.isPlain, isBeginning, marks.isEmpty {
            pages[page].marks[index] = .begun
            pages[page].parents[index] = glance.parent?.rawValue ?? 0
        } else if glance.kind == .snapshotTask, glance.isPlain, marks.contains(.begun), !marks.contains(.ended) {
            // The row of a task that is known says nothing new.
        } else if glance.isPlain, !isBeginning, marks.contains(.begun), !marks.contains(.ended) {
            guard glance.kind == .taskFinished else { return }
            pages[page].marks[index].insert(.ended)
            noteEnd(of: task)
        } else {
            pages[page].marks[index].insert(.isRemarkable)
        }
    }

    private func noteEnd(of task: UInt64) {
        guard ends.count == memory else {
            ends.append(task)
            return
        }
        let gone = ends[oldest]
        ends[oldest] = task
        oldest = oldest + 1 == memory ? 0 : oldest + 1
        pages[place(of: gone)].marks[Int(gone % UInt64(Page.size))].insert(.isGone)
    }

    /// All was seen. What stays keeps all above it.
    func close() {
        guard !isHopeless else { return }
        for page in pages.indices {
            for index in 0..<Page.size
            where !pages[page].marks[index].isEmpty && !pages[page].marks[index].isPassing {
                var parent = pages[page].parents[index]
                while marks(of: parent).isPassing {
                    let (place, index) = (place(of: parent), Int(parent % UInt64(Page.size)))
                    pages[place].marks[index].insert(.isRemarkable)
                    parent = pages[place].parents[index]
                }
            }
        }
    }

    // MARK: What can be passed

    /// Passes an event by, if it is about a task of which nothing is left: it is only counted.
    func pass(_ glance: Glance, in tree: inout LiveTree) -> Bool {
        guard !isHopeless else { return false }
        guard let task = glance.task?.rawValue, marks(of: task).isPassing else { return false }
        // A row brings a task if nothing else has.
        let isNews = pages[last.place].marks[Int(task % UInt64(Page.size))].insert(.isCounted).inserted
        if isNews || glance.kind != .snapshotTask { tree.pass(glance.kind, seq: glance.seq, t: glance.t) }
        return true
    }
}
