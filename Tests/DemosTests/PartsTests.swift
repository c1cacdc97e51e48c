import NIOCore
import Testing

@testable import Demos

@Suite("the parts of the scenarios") struct PartsTests {
    @Test("a queue is first come, first served, bounded, and empties after it was closed") func queue() async {
        let queue = OrderQueue([7])
        for number in 1..<OrderQueue.limit { #expect(queue.put(number)) }
        #expect(!queue.hasRoom)
        #expect(!queue.put(99))
        #expect(await queue.next() == 7)
        #expect(queue.put(99))
        queue.close()
        #expect(!queue.put(100))
        #expect(await queue.next() == 1)
        #expect(queue.end() == Array(2..<OrderQueue.limit) + [99])
        #expect(await queue.next() == nil)
    }

    @Test("whoever waits at a queue gets the next order, or nothing when the wait is cancelled") func waitsAtQueue()
        async
    {
        let queue = OrderQueue()
        let first = Task { await queue.next() }
        first.cancel()
        #expect(await first.value == nil)
        let second = Task { await queue.next() }
        #expect(queue.put(5))
        #expect(await second.value == 5)
        #expect(queue.depth == 0)
    }

    @Test("a latch opens once, for those before and after") func latch() async throws {
        let latch = Latch<Int>()
        let early = Task { try await latch.wait() }
        let cancelled = Task { try await latch.wait() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        latch.open(.success(1))
        latch.open(.success(2))
        #expect(try await early.value == 1)
        #expect(try await latch.wait() == 1)
    }

    @Test("lines are put together from what comes") func lines() throws {
        var lines = LineAssembler()
        #expect(try lines.take(ByteBuffer(string: "charge 10")) == [])
        #expect(lines.midway == "mid-line")
        #expect(try lines.take(ByteBuffer(string: "42\nnext\n")) == ["charge 1042", "next"])
        #expect(lines.midway == nil)
        #expect(throws: ConnectionLost.self) { try lines.take(ByteBuffer(string: String(repeating: "x", count: 5000))) }
    }

    @Test("a meter says once a second how it goes") func meter() {
        let meter = RequestMeter()
        let start = ContinuousClock.now
        #expect(meter.record(.milliseconds(2), now: start) == nil)
        #expect(meter.record(.milliseconds(38), orders: 2, now: start + .milliseconds(900)) == nil)
        let window = meter.record(.milliseconds(3), now: start + .seconds(2))
        #expect(window?.ordersPerSecond == 1)
        #expect(window?.p99 == .milliseconds(3))
        #expect(meter.record(.milliseconds(1), now: start + .milliseconds(2500)) == nil)
    }

    @Test("the same seed gives the same delays") func delays() {
        let range = 450...950
        for number in 1000..<1050 {
            let delay = SeededRandom.delay(range, seed: 1, for: number)
            #expect(delay == SeededRandom.delay(range, seed: 1, for: number))
            #expect((Duration.milliseconds(450)...Duration.milliseconds(950)).contains(delay))
        }
        #expect(SeededRandom.delay(range, seed: 1, for: 7) != SeededRandom.delay(range, seed: 2, for: 7))
    }

    @Test("a process that ignores SIGTERM is killed; one that is missing is said") func processes() async throws {
        let deaf = Latch<Void>()
        let process = try ChildProcess(
            "sh", ["-c", "trap '' TERM; echo deaf; read line"], feeding: true, onOutput: { _ in deaf.open() })
        try await deaf.wait()
        await process.terminate(patience: .milliseconds(20))
        #expect(try await process.ended.wait() == .signal(9))
        let plain = try ChildProcess("sh", ["-c", "exit 3"])
        #expect(try await plain.ended.wait() == .exit(3))
        let error = #expect(throws: DemoError.self) { try ChildProcess("no-such-program", []) }
        #expect(error?.code == .programMissing)
    }
}
