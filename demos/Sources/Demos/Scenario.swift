import TaskTree

/// What a scenario is run with.
public struct DemoSettings: Sendable {
    /// How many tasks `storm` keeps alive.
    public var scale = 10_000
    /// How many of them `storm` replaces a second, as far as none lives for less than two seconds on average.
    public var rate = 3_000
    /// Where the shop of `orders` listens on 127.0.0.1, its bank on the next port, and `service`. 0 takes free ones.
    public var port = 18080
    /// How long cancelled tasks may take to return; nil is the scenario's own choice.
    public var grace: Duration?
    /// The same seed gives the same delays.
    public var seed: UInt64?
    /// How long one step of work takes in the patterns.
    public var step = Duration.milliseconds(400)
    /// Whether a pattern begins again each time it is over, for somebody who watches, until it is told to stop.
    public var repeats = false
    /// Where temporary directories are made; nil is `$TMPDIR`, or `/tmp`.
    public var directory: String?

    public init() {}
}

/// A live tree to look at: real sockets, files, locks and child processes, with things that go wrong.
///
/// Whatever is cancelled, drained, restarted or shut down meanwhile, nothing of it is left behind once `run` is over: no
/// process, no file, no socket.
public struct Scenario: Sendable {
    public let name: String
    /// One line for a list.
    public let summary: String
    /// Whether it is over after a while without anybody's doing.
    public let endsByItself: Bool
    /// Runs it as one root task of the engine, and returns lines with totals.
    ///
    /// A cancelled root is no failure of a scenario that never ends by itself: its totals are returned.
    /// - Throws: what the tree throws; `DemoError` if something that it needs is not there.
    public let run: @Sendable (TreeEngine, DemoSettings) async throws -> [String]

    /// Whole programs to look at, the default first.
    public static let shows: [Scenario] = [orders, stuck, storm]

    /// The patterns of programs that clean up after themselves, one each: see `demos/README.md`.
    public static let patterns: [Scenario] = [
        worker, waitGroup, cancelAndWait, errorUp, firstError, controller, controllers, deferFile, deferDatabase,
        forgottenHandle, service, workerPool, contexts, scopeLifetime, releaseOrder, cleanupTimeout, allErrors,
    ]

    /// All scenarios, the default first.
    public static let all = shows + patterns
}
