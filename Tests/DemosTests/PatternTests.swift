import TaskTree
import TaskTreeTesting
import Testing
import TreeModel

@testable import Demos

/// Each pattern, with its real resources: what the fault of its usual version would break holds.
@Suite("the patterns", .serialized, .timeLimit(.minutes(10))) struct PatternTests {
    /// How a pattern ends that does not end well, on purpose.
    private static let failing: Set = ["error-up", "first-error", "all-errors"]
    private static let abandoning: Set = ["controller", "cleanup-timeout"]

    /// Runs one to its end, and reads its log to its end.
    private func run(
        _ name: String, step: Duration = .milliseconds(20)
    ) async throws -> (result: Result<String, any Error>, tree: LogWatch.Tree) {
        let run = DemoRun(name) { settings in
            settings.step = step
            settings.grace = .seconds(600)
        }
        let result: Result<String, any Error>
        do { result = .success(try await run.lines.joined()) } catch { result = .failure(error) }
        await run.watch.until { _ in false }
        return (result, run.watch.tree)
    }

    @Test("it keeps the promises, ends as it says, and leaves nothing behind", arguments: Scenario.patterns.map(\.name))
    func promises(name: String) async throws {
        let run = DemoRun(name) { settings in
            settings.step = .milliseconds(20)
            // Where the machine is busy, what heeds its cancel may take long.
            settings.grace = .seconds(600)
        }
        if Self.failing.contains(name) {
            await #expect(throws: TaskFailure.self) { try await run.lines }
        } else {
            #expect(try await run.lines.count == 1)
        }
        await run.watch.until { _ in false }
        #expect(run.watch.verdict.result == .holds, "\(run.watch.verdict.violations)")
        #expect(run.watch.tree.live.isEmpty)
        #expect(run.watch.tree.held.isEmpty)
        #expect(run.watch.tree.resources.values.allSatisfy { $0.timesReleased == 1 })
        #expect((run.engine.abandonedInAll > 0) == Self.abandoning.contains(name))
        #expect(run.leftInDirectory.isEmpty)
        #expect(run.openFiles.isEmpty)
    }

    @Test("a worker in the middle of a pause stops when it is told to, not when the pause is over") func worker()
        async throws
    {
        let clock = ManualClock()
        let run = DemoRun("worker", clock: clock)
        for _ in 0..<2 {
            await clock.alarm(within: .seconds(4))
            clock.advance(by: .seconds(4))
        }
        clock.advance(by: .seconds(2))
        // The pause would last two seconds more, and no time passes.
        #expect(try await run.lines == ["the worker was cancelled in round 3; its journal is closed"])
    }

    @Test("a group is over when those are that joined while it was waited for") func waitGroup() async throws {
        let (result, tree) = try await run("wait-group")
        #expect(try result.get() == "counted 7688 bytes in 6 files")
        #expect(tree.ended(inOrder: ["ended wait-group/count/appendix", "ended wait-group/count"]))
    }

    @Test("what a parent holds is there until its children have given back what they hold") func cancelAndWait()
        async throws
    {
        let (result, tree) = try await run("cancel-and-wait")
        #expect(try result.get() == "3 of 3 pages were entered in the ledger before it was closed")
        #expect(tree.resources.values.allSatisfy { $0.outcome == .ok })
        #expect(tree.released.suffix(2) == ["ledger.db", "treetop-cancel-and-wait"])
    }

    @Test("an error goes up level by level, and ends the tree as soon as all is given back") func errorUp() async throws
    {
        let (result, tree) = try await run("error-up")
        let failure = try #require(#expect(throws: TaskFailure.self) { try result.get() })
        #expect(failure.error as? BadRow == BadRow(file: "file-2.csv", row: 6))
        #expect(
            tree.ended(inOrder: [
                "ended error-up/import/file-2.csv/parse", "ended error-up/import/file-2.csv",
                "released error-up/import: import.lock", "ended error-up/import", "ended error-up",
            ]))
        #expect(tree.tasks.values.filter { $0.outcome == .failed }.count == 4)
        #expect(tree.tasks.values.filter { $0.outcome == .cancelled }.count == 4)
    }

    @Test("all who wait get the error, all who stop get the report, and that names what did not stop")
    func controller() async throws {
        let clock = ManualClock()
        let run = DemoRun("controller", clock: clock)
        await clock.alarm(within: .seconds(4))
        await run.watch.until { $0.isLive("controller/waiter-1") && $0.isLive("controller/waiter-2") }
        clock.advance(by: .seconds(4))
        await run.watch.until { $0.isWaiting("controller/pool/deaf") }
        // Past the alarm of the first cascade, which is over.
        clock.advance(by: .milliseconds(500))
        await clock.alarm(within: .seconds(4))
        clock.advance(by: .seconds(4))
        await run.watch.until { tree in
            (1...3).allSatisfy { number in
                tree.task("controller/pool/heeds-\(number)") != nil && !tree.isLive("controller/pool/heeds-\(number)")
            }
        }
        for part in [Duration.seconds(1), .seconds(5)] {
            await clock.alarm(within: part)
            clock.advance(by: part)
        }
        #expect(
            try await run.lines == ["both who stopped the pool were told what it left behind: deaf; deaf"])
        await run.watch.until { _ in false }
        for number in 1...2 {
            let waiter = run.watch.tree.task("controller/waiter-\(number)")
            #expect(
                waiter.flatMap { run.watch.tree.tasks[$0]?.note } == "broken failed: broken came to nothing")
        }
    }

    @Test("an error in one controller is told on each level, and stops the one beside it") func controllers()
        async throws
    {
        let (result, tree) = try await run("controllers")
        #expect(
            try result.get()
                == "mill: grinder-2 failed: grinder-2 came to nothing; site: grinder-2 failed: grinder-2 came to nothing"
        )
        #expect(tree.tasks.values.filter { $0.name.hasPrefix("oven") }.allSatisfy { $0.outcome == .cancelled })
        #expect(tree.ended(inOrder: ["ended controllers/site/bakery", "ended controllers/site", "ended controllers"]))
    }

    @Test("a copy that is cancelled leaves no half of it") func deferFile() async throws {
        let (result, tree) = try await run("defer-file")
        #expect(try result.get() == "a copy of 12 lines was kept; nothing is left of the other")
        #expect(
            tree.ended(inOrder: ["released defer-file/kept: kept.tmp", "released defer-file/kept: keep or drop kept"]))
    }

    @Test("what was opened is given back when the next cannot be opened, and that is an error") func deferDatabase()
        async throws
    {
        let (result, tree) = try await run("defer-database")
        let ends = try result.get().split(separator: "; ")
        #expect(ends[1] == "worker-2 failed, 0 rows")
        #expect(tree.task("defer-database/worker-2").flatMap { tree.tasks[$0]?.error?.type } == "DemoError")
        #expect(tree.resource("worker-2.db")?.outcome == .ok)
        for number in [1, 3] {
            #expect(ends[number - 1].hasPrefix("worker-\(number) cancelled, "))
            #expect(!ends[number - 1].hasSuffix(" 0 rows"))
            let task = "defer-database/worker-\(number)"
            #expect(
                tree.ended(inOrder: [
                    "released \(task): worker-\(number).tmp", "released \(task): worker-\(number).db", "ended \(task)",
                ]))
        }
    }

    @Test("a handle that is dropped is closed at once, and said to have leaked") func forgottenHandle() async throws {
        let clock = ManualClock()
        let run = DemoRun("forgotten-handle", clock: clock)
        await clock.alarm(within: .seconds(3))
        clock.advance(by: .seconds(3))
        // The time stands: nobody collects anything later.
        await run.watch.until { $0.resource("dropped.txt")?.outcome == .leaked }
        #expect(run.openFiles.isEmpty)
        for _ in 0..<2 {
            await clock.alarm(within: .seconds(3))
            clock.advance(by: .seconds(3))
        }
        _ = try await run.lines
        await run.watch.until { _ in false }
        #expect(run.watch.tree.resource("given-back.txt")?.outcome == .ok)
        #expect(run.watch.tree.resource("still-there.txt")?.outcome == .leaked)
        #expect(run.watch.tree.resources.values.allSatisfy { $0.timesReleased == 1 })
    }

    @Test("a service that closes finishes the requests at hand, then its pool, then its database") func service()
        async throws
    {
        let clock = ManualClock()
        let run = DemoRun("service", clock: clock)
        await clock.alarm(within: .seconds(2))
        clock.advance(by: .seconds(2))
        await run.watch.until { tree in
            tree.tasks.values.contains { $0.note.hasSuffix("rows are kept") }
                && tree.resources.values.filter { $0.name.hasPrefix("service:") }.count == 3
        }
        // At closing time, other rows are on their way: their jobs sleep, and have been promised to nobody.
        await clock.alarm(within: .seconds(2))
        clock.advance(by: .seconds(14))
        let flow = Task {
            while !Task.isCancelled {
                clock.advance(by: .seconds(1))
                await Task.yield()
            }
        }
        defer { flow.cancel() }
        await run.watch.until { _ in false }
        let numbers = try await run.lines.joined().split { !$0.isNumber }.compactMap { Int($0) }
        #expect(numbers.count == 2)
        #expect(numbers[0] == numbers[1])
        #expect(numbers[0] > 0)
        #expect(run.watch.tree.tasks.values.allSatisfy { $0.outcome == .succeeded })
        #expect(
            run.watch.tree.ended(inOrder: [
                "ended service/server", "ended service/pool", "released service: service.db",
            ]))
    }

    @Test("a service that cannot listen says so, and is never up") func serviceOnATakenPort() async throws {
        let taken = TakenPort()
        let run = DemoRun("service") { $0.port = taken.port }
        let error = await #expect(throws: DemoError.self) { try await run.lines }
        #expect(error?.code == .portTaken)
        await run.watch.until { _ in false }
        #expect(run.watch.tree.task("service/client-1") == nil)
        #expect(run.watch.tree.resource("service.db")?.outcome == .ok)
    }

    @Test("a pool that is stopped finishes what it took, and takes no more") func workerPool()
        async throws
    {
        let (result, tree) = try await run("worker-pool")
        #expect(
            try result.get()
                == "11 of 12 jobs are done, 0 were left behind; one that came after the stop was refused")
        #expect(tree.tasks.values.filter { $0.outcome == .failed }.map(\.name) == ["job-5"])
    }

    @Test("of two deadlines the earlier holds and is an error, and a request's name goes down to its lookup")
    func contexts() async throws {
        let clock = ManualClock()
        let run = DemoRun("contexts", clock: clock)
        await clock.alarm(within: .seconds(4))
        clock.advance(by: .seconds(4))
        await run.watch.until { $0.isWaiting("contexts/request-slow/lookup") }
        clock.advance(by: .seconds(8))
        for name in ["slow", "blue"] {
            await run.watch.until {
                $0.task("contexts/request-\(name)") != nil && !$0.isLive("contexts/request-\(name)")
            }
            // Past the alarm of a cascade that is over.
            clock.advance(by: .milliseconds(500))
            await clock.alarm(within: .seconds(4))
            clock.advance(by: .seconds(4))
        }
        #expect(
            try await run.lines
                == ["red is in stock; request-slow was not done by its deadline; blue is in stock"])
    }

    @Test("what a function opened is closed after the last who uses it, and not later") func scopeLifetime()
        async throws
    {
        let (result, tree) = try await run("scope-lifetime")
        #expect(try result.get() == "12 rows were written; then the database was free for others")
        let session = "scope-lifetime/session"
        for number in 1...3 {
            #expect(
                tree.ended(inOrder: [
                    "ended \(session)/writer-\(number)", "released \(session): session.db", "ended \(session)",
                    "ended scope-lifetime",
                ]))
        }
    }

    @Test("each is closed before what it needs, and one that cannot be closed skips none") func releaseOrder()
        async throws
    {
        let (result, tree) = try await run("release-order")
        let closed = try result.get().dropFirst("closed: ".count).split(separator: ", ")
        #expect(closed.filter { $0 != "metrics" } == ["server", "cache", "database", "log"])
        #expect(closed.contains("metrics") && closed.last == "log")
        #expect(tree.resource("cache")?.outcome == .failed)
        #expect(tree.resources.values.filter { $0.outcome == .ok }.count == tree.resources.count - 1)
    }

    @Test("a cleanup that was given up keeps what it uses until it comes home") func cleanupTimeout() async throws {
        let (result, tree) = try await run("cleanup-timeout", step: .milliseconds(50))
        #expect(try result.get() == "the flush was given up, came home, and wrote: the last row")
        let process = try #require(tree.resources.values.first { $0.kind == "process" })
        #expect(process.outcome == .timedOut && process.returned)
        #expect(
            tree.ended(inOrder: [
                "ended cleanup-timeout/service/flush", "ended cleanup-timeout/service",
                "returned cleanup-timeout/service/flush", "released cleanup-timeout/service: rows.db",
            ]))
        #expect(tree.resource("rows.db")?.outcome == .ok)
    }

    @Test("the first error, a later one, and one in the cleanup are all there") func allErrors() async throws {
        let (result, tree) = try await run("all-errors")
        let failure = try #require(#expect(throws: TaskFailure.self) { try result.get() })
        #expect(failure.error as? JobFailed == JobFailed(name: "broken"))
        #expect(failure.suppressed.map { ($0 as? CheckpointFailed)?.name } == ["unlucky"])
        #expect(tree.tasks[TaskID(1)]?.suppressed.map(\.type) == ["CheckpointFailed"])
        #expect(tree.resource("full disk")?.outcome == .failed)
        #expect(tree.resource("full disk")?.error?.message.contains("No space left on device") == true)
    }
}
