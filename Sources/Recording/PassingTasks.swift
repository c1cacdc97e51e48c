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

    /// What was seen of one task.
    private struct Seen {
        var marks: Marks = []
        var parent: UInt64 = 0
    }

    /// Tasks with ids that are neighbours stand on one page, side by side.
    private static let pageSize = 64
    /// More pages are not kept: ids that are so far apart are made up.
    private static let mostPages = 1 << 16

    // What is asked for at each event is not guarded against who else might: nobody has this object but one fold.
    /// Page after page.
    @exclusivity(unchecked) private var tasks: [Seen] = []
    /// Where pages begin, by their numbers; of the first numbers in an array, -1 is none.
    @exclusivity(unchecked) private var firstPages: [Int32] = []
    @exclusivity(unchecked) private var pages: [UInt64: Int] = [:]
    @exclusivity(unchecked) private var last: (number: UInt64, page: Int) = (.max, 0)
    private static let mostFirst: UInt64 = 1 << 20
    /// The places of those that ended last, in a ring.
    @exclusivity(unchecked) private var ends: [Int] = []
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

    /// Where a page that is there begins; nil for another.
    @inline(__always)
    private func page(_ number: UInt64) -> Int? {
        if last.number == number { return last.page }
        if number < Self.mostFirst {
            guard number < firstPages.count, case let page = Int(firstPages[Int(number)]), page >= 0 else { return nil }
            last = (number, page)
            return page
        }
        guard let page = pages[number] else { return nil }
        last = (number, page)
        return page
    }

    /// The place of a task, if it was seen or has a neighbour that was.
    @inline(__always)
    private func known(_ id: UInt64) -> Int? {
        page(id / UInt64(Self.pageSize)).map { $0 + Int(id % UInt64(Self.pageSize)) }
    }

    @inline(__always)
    private func place(of id: UInt64) -> Int { known(id) ?? add(id) }

    private func add(_ id: UInt64) -> Int {
        guard tasks.count < Self.mostPages * Self.pageSize else {
            isHopeless = true
            return 0
        }
        let (number, page) = (id / UInt64(Self.pageSize), tasks.count)
        tasks.append(contentsOf: repeatElement(Seen(), count: Self.pageSize))
        if number < Self.mostFirst {
            while firstPages.count <= Int(number) { firstPages.append(-1) }
            firstPages[Int(number)] = Int32(page)
        } else {
            pages[number] = page
        }
        last = (number, page)
        return page + Int(id % UInt64(Self.pageSize))
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
        let place = place(of: task)
        guard !isHopeless else { return }
        let marks = tasks[place].marks
        let isBeginning = glance.kind == .taskStarted || (glance.kind == .snapshotTask && rowsBegin)
        if glance.isPlain, isBeginning, marks.isEmpty {
            tasks[place] = Seen(marks: .begun, parent: glance.parent?.rawValue ?? 0)
        } else if glance.kind == .snapshotTask, glance.isPlain, marks.contains(.begun), !marks.contains(.ended) {
            // The row of a task that is known says nothing new.
        } else if glance.isPlain, !isBeginning, marks.contains(.begun), !marks.contains(.ended) {
            guard glance.kind == .taskFinished else { return }
            tasks[place].marks.insert(.ended)
            noteEnd(of: place)
        } else {
            tasks[place].marks.insert(.isRemarkable)
        }
    }

    private func noteEnd(of place: Int) {
        guard ends.count == memory else {
            ends.append(place)
            return
        }
        tasks[ends[oldest]].marks.insert(.isGone)
        ends[oldest] = place
        oldest = oldest + 1 == memory ? 0 : oldest + 1
    }

    /// All was seen. What stays keeps all above it.
    func close() {
        guard !isHopeless else { return }
        for index in tasks.indices where !tasks[index].marks.isEmpty && !tasks[index].marks.isPassing {
            var parent = tasks[index].parent
            while let place = known(parent), tasks[place].marks.isPassing {
                tasks[place].marks.insert(.isRemarkable)
                parent = tasks[place].parent
            }
        }
    }

    // MARK: What can be passed

    /// Passes an event by, if it is about a task of which nothing is left: it is only counted.
    @inline(__always)
    func pass(_ glance: Glance, in tree: inout LiveTree) -> Bool {
        guard !isHopeless, let task = glance.task?.rawValue, let place = known(task), tasks[place].marks.isPassing
        else {
            return false
        }
        // A row brings a task if nothing else has.
        let isNews = tasks[place].marks.insert(.isCounted).inserted
        if isNews || glance.kind != .snapshotTask { tree.pass(glance.kind, seq: glance.seq, t: glance.t) }
        return true
    }
}
