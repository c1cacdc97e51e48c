import Demos
import EventBus
import Glibc
import TaskTree

/// `pattern NAME` runs one of the patterns once, quickly, and says how it went. `demos/README.md` has the list.
///
/// Exit codes: 0 done; 1 the tree failed; 4 something was abandoned; 64 no such pattern; 69 what is needed is not there.
@main
struct PatternProgram {
    static func main() async {
        guard CommandLine.arguments.count == 2,
            let pattern = Scenario.patterns.first(where: { $0.name == CommandLine.arguments[1] })
        else {
            complain("pattern NAME, with one of " + Scenario.patterns.map(\.name).joined(separator: ", "))
            exit(64)
        }
        var settings = DemoSettings()
        settings.step = .milliseconds(20)
        settings.port = 0
        let engine = TreeEngine(log: EventLog(SessionInfo(name: pattern.name)))
        _ = SignalLadder(engine, beforeExit: {})
        do {
            for line in try await pattern.run(engine, settings) { print(line) }
        } catch let failure as TaskFailure {
            complain("\(failure.name) failed: \(failure.error)")
            for error in failure.suppressed { complain("after that: \(error)") }
            exit(1)
        } catch let lack as DemoError {
            complain(lack.message)
            exit(lack.exitCode)
        } catch {
            complain("\(error)")
            exit(1)
        }
        exit(engine.abandonedInAll > 0 ? 4 : 0)
    }

    private static func complain(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
