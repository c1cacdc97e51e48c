import ArgumentParser
import Glibc

/// Measures the engine beside what people would use instead, in the same run. Each sample is a process of its own, and
/// the subjects take turns, since machines are shared and noisy: read the ratios of the medians.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        discussion: """
            swift run -c release --package-path Tests/Benchmarks bench cascade --quick
            """)

    @Argument(help: "Which: spawn, finish, cascade. All of them by default.")
    var names: [String] = []

    @Flag(help: "Small trees and few samples.")
    var quick = false

    @Option(help: "Also write the rows to this file, as a JSON list.")
    var json: String?

    @Option(help: .hidden)
    var sample: String?

    func run() async throws {
        if let sample {
            try await Sample(sample).measureAndPrint()
            return
        }
        let known = Set(Plan.benchmarks.map(\.rawValue))
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw ValidationError("there is no benchmark \(unknown): give \(known.sorted().joined(separator: ", "))")
        }
        var rows: [Row] = []
        for plan in Plan.all(names, quick: quick) {
            let row = try plan.measure(samples: quick ? 3 : 7)
            rows.append(row)
            print(row.line(beside: rows.last { $0.isReference(for: row) }))
        }
        if let json { try Row.write(rows, to: json) }
    }
}

/// What is measured.
enum Benchmark: String { case spawn, finish, cascade }

/// How the tree is shaped.
enum Shape: String { case flat, eightAry = "8-ary", chain }

/// What does the work.
enum Subject: String { case treetop, swiftTask = "swift-task" }

/// One line of the table.
struct Plan {
    static let benchmarks: [Benchmark] = [.spawn, .finish, .cascade]

    let benchmark: Benchmark
    let shape: Shape
    let tasks: Int
    let subject: Subject

    static func all(_ names: [String], quick: Bool) -> [Plan] {
        var plans: [Plan] = []
        for benchmark in benchmarks where names.isEmpty || names.contains(benchmark.rawValue) {
            for shape in [Shape.flat, .eightAry, .chain] {
                for subject in [Subject.swiftTask, .treetop] {
                    plans.append(
                        Plan(benchmark: benchmark, shape: shape, tasks: quick ? 10_000 : 100_000, subject: subject))
                }
            }
        }
        return plans
    }

    func measure(samples: Int) throws -> Row {
        var values: [Double] = []
        var bytes = 0
        for _ in 0..<samples {
            let words = try Self.runSample("\(benchmark.rawValue) \(shape.rawValue) \(tasks) \(subject.rawValue)")
            values += words.dropLast()
            bytes = max(bytes, Int(words.last ?? 0))
        }
        values.sort()
        return Row(
            plan: self, median: values[values.count / 2], p99: values[min(values.count - 1, values.count * 99 / 100)],
            bytes: bytes)
    }

    /// Runs this program once more for one sample, and reads its numbers.
    private static func runSample(_ sample: String) throws -> [Double] {
        guard let pipe = popen("/proc/self/exe --sample '\(sample)'".replacing(own: "/proc/self/exe"), "r") else {
            throw ValidationError("no process is to be had")
        }
        defer { pclose(pipe) }
        var text = ""
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), pipe) != nil {
            text += String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let words = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard words.count >= 2 else { throw ValidationError("the sample \(sample) failed: \(text)") }
        return words
    }
}

extension String {
    /// The path of this program in place of the link to it, which would be the shell's.
    fileprivate func replacing(own link: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(link, &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "'" + path + "'" + dropFirst(link.count)
    }
}

/// A measured line.
struct Row {
    let plan: Plan
    /// In nanoseconds a task.
    let median: Double
    let p99: Double
    /// Resident bytes a parked task, where that was measured.
    let bytes: Int

    var unit: String { "ns/task" }

    func isReference(for row: Row) -> Bool {
        plan.subject == .swiftTask && plan.benchmark == row.plan.benchmark && plan.shape == row.plan.shape
            && row.plan.subject != .swiftTask
    }

    func line(beside reference: Row?) -> String {
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        var line = pad(plan.benchmark.rawValue, 9) + pad(plan.shape.rawValue, 7) + pad("\(plan.tasks)", 9)
        line += pad(plan.subject.rawValue, 12) + pad("median \(Int(median)) \(unit)", 24) + pad("p99 \(Int(p99))", 14)
        if bytes > 0 { line += pad("\(bytes) bytes", 12) }
        if let reference {
            line += "\(Double(Int(median / reference.median * 100)) / 100)x of \(reference.plan.subject.rawValue)"
        }
        return line
    }

    static func write(_ rows: [Row], to path: String) throws {
        let items = rows.map { row in
            "{\"benchmark\": \"\(row.plan.benchmark.rawValue)\", \"shape\": \"\(row.plan.shape.rawValue)\", "
                + "\"tasks\": \(row.plan.tasks), \"subject\": \"\(row.plan.subject.rawValue)\", \"unit\": \"\(row.unit)\", "
                + "\"median\": \(row.median), \"p99\": \(row.p99), \"bytes\": \(row.bytes)}"
        }
        let text = "[\n" + items.joined(separator: ",\n") + "\n]\n"
        guard let file = fopen(path, "w") else { throw ValidationError("cannot write \(path)") }
        fputs(text, file)
        fclose(file)
    }
}
