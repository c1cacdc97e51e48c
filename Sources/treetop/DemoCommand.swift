import ArgumentParser
import Demos
import Glibc
import Terminal

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A built-in live tree with real sockets, files, locks and processes; no set-up.",
        discussion: """
            Examples:
              treetop demo                          press x on workers, then y
              treetop demo --list                   what there is
              treetop demo worker-pool              a pattern: start, drain, stop
              treetop demo first-error --headless   ends by itself, exit code 1
              treetop demo storm --for 5s           a big tree with churn
              treetop demo --keep 5m --keep-on failure,cascade:2s
                                                    records only what led to that
            """)

    @Argument(help: "Which one.")
    var name: String?

    @Flag(help: "Say which demos there are.")
    var list = false

    @Option(help: "How many tasks the storm has.")
    var scale = 10_000

    @Option(help: "How many of them are replaced a second.")
    var rate = 3_000

    @Option(help: "The port of the orders server (the bank takes the one after it), and of service.")
    var port = 18080

    @OptionGroup var live: LiveOptions

    func validate() throws {
        if !(1...2_000_000).contains(scale) {
            throw ValidationError("--scale \(scale): give a number of tasks from 1 to 2000000")
        }
        if !(1...1_000_000).contains(rate) {
            throw ValidationError("--rate \(rate): give a number of tasks from 1 to 1000000")
        }
        if !(0...65534).contains(port) { throw ValidationError("--port \(port): give a port from 0 to 65534") }
    }

    func run() throws {
        if list { return Self.printList() }
        let name = name ?? Scenario.all[0].name
        guard let scenario = Scenario.all.first(where: { $0.name == name }) else {
            throw Problem(.usage, "there is no demo \(name): treetop demo --list names them all")
        }
        var settings = DemoSettings()
        settings.scale = scale
        settings.rate = rate
        settings.port = port
        settings.grace = live.grace?.duration
        let isHeadless = live.headless || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0
        // Who watches sees each step, and may go on watching.
        settings.repeats = !isHeadless
        if isHeadless { settings.step = .milliseconds(50) }
        let exit =
            isHeadless
            ? HeadlessRun(scenario, settings, live).run() : try ScreenRun(scenario, settings, live).run()
        throw ExitCode(exit)
    }

    private static func printList() {
        let width = Scenario.all.map(\.name.count).max() ?? 0
        for scenario in Scenario.shows { printLine(scenario, width) }
        print("\nPatterns, each a short file in demos/Sources/Demos/Patterns; in the dashboard they begin again:")
        for scenario in Scenario.patterns { printLine(scenario, width) }
    }

    private static func printLine(_ scenario: Scenario, _ width: Int) {
        print(scenario.name + String(repeating: " ", count: width + 2 - scenario.name.count) + scenario.summary)
    }
}
