/// What is measured.
enum Benchmark: String, CaseIterable {
    /// From nothing until the last task of a tree has started.
    case spawn
    /// The same with bodies that end at once, until the tree is over.
    case finish
    /// From the cancel of the root until the tree is over: every task cleaned up, children before parents.
    case cascade
    /// From one task's failure until the tree is over, and has answered with the error.
    case firstError = "first-error"
    /// From the cancel of the root until the last body has noticed it.
    case notice
    /// To register resources that open without suspension, and to release them.
    case acquire
    /// To append an event to the log.
    case publish
    /// Ten million short children in one scope, a few hundred at a time.
    case churn
    /// How late a timer is while every thread of Swift's pool is blocked.
    case timer

    /// Whether it grows a tree of parked or short tasks.
    var isTree: Bool {
        switch self {
        case .spawn, .finish, .cascade, .firstError, .notice: true
        case .acquire, .publish, .churn, .timer: false
        }
    }

    /// Those that the mean at the end is taken of.
    static let judged: [Benchmark] = [.spawn, .cascade, .finish, .firstError]

    var unit: String {
        switch self {
        case .spawn, .finish, .cascade, .firstError, .churn: "ns/task"
        case .notice, .timer: "ns"
        case .acquire: "ns/resource"
        case .publish: "ns/event"
        }
    }

    var shapes: [Shape] {
        switch self {
        case .spawn, .finish, .cascade, .firstError: [.flat, .eightAry, .chain]
        case .notice, .churn, .timer: [.flat]
        case .acquire: [.atEnd, .early]
        case .publish: [.noReader, .oneReader, .fourReaders, .stoppedReader]
        }
    }

    /// How many tasks (resources, events) a sample is of.
    func tasks(_ scale: Scale) -> Int {
        switch self {
        case .spawn, .finish, .cascade, .firstError, .acquire: scale.tasks ?? (scale.isQuick ? 10_000 : 100_000)
        case .notice: scale.tasks ?? 10_000
        case .publish: scale.isQuick ? 200_000 : 1_000_000
        case .timer: 1
        case .churn: scale.isQuick ? 300_000 : 10_000_000
        }
    }

    /// How many processes are started for each row.
    func samples(_ scale: Scale) -> Int {
        switch self {
        case .churn, .timer: 1
        case .spawn, .finish, .cascade, .firstError, .notice, .acquire, .publish: scale.isQuick ? 3 : 5
        }
    }

    /// How many values one process takes: more than one only where a percentile of them is what is asked.
    func rounds(_ scale: Scale) -> Int {
        switch self {
        case .notice: scale.isQuick ? 10 : 25
        case .timer: scale.isQuick ? 5 : 20
        case .spawn, .finish, .cascade, .firstError, .acquire, .publish, .churn: 1
        }
    }
}

/// How the tree, or the work, is shaped.
enum Shape: String {
    /// One parent, all others its children.
    case flat
    /// Eight children each, filled level by level.
    case eightAry = "8-ary"
    /// Each the only child of the one before.
    case chain

    /// All held together, released by the end of their task.
    case atEnd = "at-end"
    /// Each released before the next is opened.
    case early

    case noReader = "0-readers"
    case oneReader = "1-reader"
    case fourReaders = "4-readers"
    /// One that read an event and then no more.
    case stoppedReader = "stopped"
}

/// How much is measured.
struct Scale {
    let isQuick: Bool
    /// Given by the user.
    let tasks: Int?
}
