import ArgumentParser
import Measure

/// Measures the engine beside what people would use instead, in the same run.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures Treetop beside Go, Swift's tasks and groups, and trio.",
        discussion: """
            swift run -c release --package-path Tests/Benchmarks bench cascade --quick
            """)

    @Argument(help: "Which: \(Benchmark.allCases.map(\.rawValue).joined(separator: ", ")). All of them by default.")
    var names: [String] = []

    @Flag(help: "Small trees and few samples: two minutes at most.")
    var quick = false

    @Option(help: "How many tasks a tree has, or how many resources are held (100000; quick 10000; notice 10000).")
    var tasks: Int?

    @Option(help: "Only these subjects, by name; can be given several times.")
    var only: [String] = []

    @Option(help: "Also write the rows to this file, as a JSON list.")
    var json: String?

    @Option(help: .hidden)
    var subject: String?

    @Option(help: .hidden)
    var sample: [String] = []

    func validate() throws {
        if let unknown = names.first(where: { Benchmark(rawValue: $0) == nil }) {
            throw ValidationError(
                "there is no benchmark \(unknown): give \(Benchmark.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let known = Subjects.all.map(\.name)
        if let unknown = only.first(where: { !known.contains($0) }) {
            throw ValidationError("there is no subject \(unknown): give \(known.joined(separator: ", "))")
        }
        if let tasks, tasks < 2 { throw ValidationError("a tree has 2 tasks at least, not \(tasks)") }
    }

    func run() async throws {
        if let subject {
            try await measureOne(subject)
            return
        }
        let subjects = Subjects.all.filter { only.isEmpty || only.contains($0.name) }.filter { subject in
            guard let lack = subject.prepare() else { return true }
            print("\(subject.name) is missing: \(lack)")
            return false
        }
        let begin = Machine.now
        Table.printHeader(subjects)
        var run = Run(Scale(isQuick: quick, tasks: tasks), subjects)
        for benchmark in Benchmark.allCases where names.isEmpty || names.contains(benchmark.rawValue) {
            run.measure(benchmark)
        }
        print()
        for subject in ["treetop", "treetop-quiet"] { Table.printMeans(run.rows, of: subject) }
        print("Took \((Machine.now - begin) / 1_000_000_000) s.")
        if let json { try RowsFile(rows: run.rows).write(to: json) }
        if run.failures > 0 { throw ExitCode.failure }
    }

    /// What a process that was started for one sample does.
    private func measureOne(_ name: String) async throws {
        guard let subject = Subjects.inside.first(where: { $0.name == name }), let sample = Sample(sample) else {
            throw ValidationError("there is no such sample")
        }
        for measurement in try await subject.measure(sample) { print(measurement.lines) }
    }
}
