import Measure

/// What does the work.
protocol Subject: Sendable {
    /// As it is called in the table and the file.
    var name: String { get }
    /// What it is, in a line.
    var summary: String { get }

    /// Makes it ready to be run. Answers what it lacks on this machine, in a line, or nil.
    func prepare() -> String?

    /// Whether it does that work, and how much of it.
    func part(in benchmark: Benchmark, _ shape: Shape, _ scale: Scale) -> Part

    /// The program that measures one sample.
    func command(_ sample: Sample) -> Command
}

/// A subject's part in one benchmark.
enum Part {
    /// It does so many.
    case does(Int)
    /// It would die of it: that is its row.
    case crashes(Int)
    case doesNot
}

/// All that there are, in the order of the table. The first two are what the others are set beside.
enum Subjects {
    static let all: [any Subject] = [
        GoPeer(), SwiftTaskSubject(), SwiftGroupSubject(), TrioPeer(), TreetopSubject(isFollowed: true),
        TreetopSubject(isFollowed: false), TreetopSubject(isFollowed: true, isImmediate: true),
    ]

    /// Those in this program.
    static let inside = all.compactMap { $0 as? any SwiftSubject }
}

/// A subject that is written in Swift: it is measured by this program, run once more.
protocol SwiftSubject: Subject {
    /// Whether its bodies begin on the thread that spawns them.
    var isImmediate: Bool { get }
    /// Starts a tree, and returns at once.
    func start(_ work: TreeWork) -> any RunningTree
    /// Registers resources and releases them.
    func acquire(_ sample: Sample) async throws -> Measurement
    /// Runs short children in one scope.
    func churn(_ work: ChurnWork) async throws
    /// Blocks all threads.
    func timer(_ sample: Sample) async throws -> Measurement
    /// Appends events to a log.
    func publish(_ sample: Sample) async throws -> Measurement
}

extension SwiftSubject {
    func prepare() -> String? { nil }
    var isImmediate: Bool { false }

    func command(_ sample: Sample) -> Command {
        Command(words: [Machine.program, "--subject", name] + sample.words.flatMap { ["--sample", $0] })
    }

    func acquire(_ sample: Sample) async throws -> Measurement { throw Wrong(description: "\(name) holds nothing") }
    func timer(_ sample: Sample) async throws -> Measurement { throw Wrong(description: "\(name) has no timer here") }
    func publish(_ sample: Sample) async throws -> Measurement { throw Wrong(description: "\(name) has no log") }

    func measure(_ sample: Sample) async throws -> [Measurement] {
        switch sample.benchmark {
        case .spawn, .finish, .cascade, .firstError, .notice:
            return [try await TreeWork.measure(sample, isImmediate: isImmediate) { start($0) }]
        case .acquire: return [try await acquire(sample)]
        case .publish: return [try await publish(sample)]
        case .timer: return [try await timer(sample)]
        case .churn:
            let work = ChurnWork(sample)
            try await churn(work)
            return try work.results()
        }
    }
}
