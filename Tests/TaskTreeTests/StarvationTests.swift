import EventBus
import TaskTreeTesting
import Testing
import TreeModel

@testable import TaskTree

/// A pool whose threads are all busy is said to be, while it lasts and when it is over.
@Suite struct StarvationTests {
    /// Runs jobs on Swift's own threads, and none while it is held up.
    private final class Sluggish: TaskExecutor {
        private struct State {
            var isHeldUp = false
            var waiting: [UnownedJob] = []
        }
        private let state = Lock(State())

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let goes = state.withLock { state in
                if state.isHeldUp { state.waiting.append(job) }
                return !state.isHeldUp
            }
            if goes { run(job) }
        }

        func holdUp() { state.withLock { $0.isHeldUp = true } }

        func goOn() {
            let jobs = state.withLock { state in
                state.isHeldUp = false
                defer { state.waiting = [] }
                return state.waiting
            }
            for job in jobs { run(job) }
        }

        private func run(_ job: UnownedJob) {
            let me = asUnownedTaskExecutor()
            _ = startThread("sluggish") { job.runSynchronously(on: me) }
        }
    }

    @Test func aPoolThatTakesNoJobsIsSaidToBeStarved() async throws {
        let executor = Sluggish()
        let tree = WatchedTree {
            $0.executor = executor
            $0.starvation = .milliseconds(100)
        }
        let run = Task { try? await tree.engine.run("root") { await $0.cancelled() } }
        let root = await tree.started("root")
        await tree.clock.alarm(within: .milliseconds(400))
        executor.holdUp()
        tree.clock.advance(by: .milliseconds(400))
        #expect(tree.starved == [])
        for _ in 0..<2 { tree.clock.advance(by: .milliseconds(100)) }
        #expect(tree.starved == [100, 200])
        // The longer it lasts, the seldomer it is said.
        tree.clock.advance(by: .milliseconds(1000))
        #expect(tree.starved == [100, 200, 400, 800])
        executor.goOn()
        await tree.first { if case .engineStarved(let end) = $0, end.duration == 1_200_000_000 { true } else { nil } }
        tree.engine.cancel(root, cause: Cause(.user))
        await run.value
        try tree.promises()
    }

    @Test func aPoolThatWorksIsNotMentioned() async throws {
        let executor = Sluggish()
        let tree = WatchedTree {
            $0.executor = executor
            $0.starvation = .milliseconds(100)
        }
        // A root without a body: the only jobs are those of the looks.
        let idle = try TaskController("idle", engine: tree.engine)
        for _ in 1...3 {
            tree.clock.advance(by: .milliseconds(400))
            // The next look is set when the job of this one has begun.
            let soon = tree.clock.now() + 200_000_000
            while tree.engine.look({ tree.engine.timers.earliest }) < soon { await Task.yield() }
        }
        tree.clock.advance(by: .milliseconds(100))
        await idle.stop()
        #expect(tree.starved == [])
    }
}

extension WatchedTree {
    /// The durations of `engine.starved`, in milliseconds.
    fileprivate var starved: [UInt64] {
        events.compactMap { if case .engineStarved(let event) = $0.change { event.duration / 1_000_000 } else { nil } }
    }
}
