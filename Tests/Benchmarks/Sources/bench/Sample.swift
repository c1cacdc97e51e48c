/// What one process measures, as four words on its command line.
struct Sample: Sendable {
    let benchmark: Benchmark
    let shape: Shape
    let tasks: Int
    let rounds: Int

    var words: [String] { [benchmark.rawValue, shape.rawValue, "\(tasks)", "\(rounds)"] }
}

extension Sample {
    init?(_ words: [String]) {
        guard words.count == 4, let benchmark = Benchmark(rawValue: words[0]), let shape = Shape(rawValue: words[1]),
            let tasks = Int(words[2]), let rounds = Int(words[3])
        else { return nil }
        self.init(benchmark: benchmark, shape: shape, tasks: tasks, rounds: rounds)
    }

    /// Children of the task with this number: the tree is filled level by level.
    static func children(of number: Int, _ shape: Shape, _ tasks: Int) -> Range<Int> {
        switch shape {
        case .chain: min(tasks, number + 1)..<min(tasks, number + 2)
        case .eightAry: min(tasks, 8 * number + 1)..<min(tasks, 8 * number + 9)
        case .flat, .atEnd, .early, .noReader, .oneReader, .fourReaders, .stoppedReader:
            number == 0 ? 1..<tasks : 0..<0
        }
    }
}

/// What one process found. It prints it as lines of a name and a number.
struct Measurement {
    var tasks: Int
    /// In the benchmark's unit.
    var values: [Double] = []
    /// Where they are not to be had from the values.
    var p99: Double?
    var p999: Double?
    /// Resident bytes a parked task or a held resource; of the whole process where that is the point.
    var bytes = 0

    var lines: String {
        var lines = ["tasks \(tasks)"] + values.map { "value \($0)" }
        if let p99 { lines.append("p99 \(p99)") }
        if let p999 { lines.append("p999 \(p999)") }
        lines.append("bytes \(bytes)")
        return lines.joined(separator: "\n")
    }

    /// Reads what a process printed; each `tasks` line begins another measurement.
    static func read(_ text: String, tasks: Int) -> [Measurement] {
        var found = [Measurement(tasks: tasks)]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let number = Double(words[1]) else { continue }
            let last = found.count - 1
            switch words[0] {
            case "tasks":
                if found[last].values.isEmpty { found.removeLast() }
                found.append(Measurement(tasks: Int(number)))
            case "value": found[last].values.append(number)
            case "p99": found[last].p99 = number
            case "p999": found[last].p999 = number
            case "bytes": found[last].bytes = max(found[last].bytes, Int(number))
            default: continue
            }
        }
        return found.filter { !$0.values.isEmpty }
    }
}
