/// Runs benchmarks. Each sample is a process of its own, and the subjects take turns, since machines are shared and
/// noisy: read the ratios of the medians.
struct Run {
    let scale: Scale
    let subjects: [any Subject]
    private(set) var rows: [Row] = []
    /// Samples that failed.
    private(set) var failures = 0

    init(_ scale: Scale, _ subjects: [any Subject]) {
        self.scale = scale
        self.subjects = subjects
    }

    mutating func measure(_ benchmark: Benchmark) {
        for shape in benchmark.shapes { measure(benchmark, shape) }
    }

    private mutating func measure(_ benchmark: Benchmark, _ shape: Shape) {
        var contests: [Contest] = []
        for subject in subjects {
            switch subject.part(in: benchmark, shape, scale) {
            case .doesNot: continue
            case .does(let tasks):
                let sample = Sample(
                    benchmark: benchmark, shape: shape, tasks: tasks, rounds: benchmark.rounds(scale))
                contests.append(Contest(subject: subject, sample: sample))
            case .crashes(let tasks):
                let sample = Sample(benchmark: benchmark, shape: shape, tasks: tasks, rounds: 0)
                contests.append(Contest(subject: subject, sample: sample, trouble: "crashes"))
            }
        }
        for turn in 0..<benchmark.samples(scale) {
            // Nobody is always the first.
            for place in contests.indices { contests[(place + turn) % contests.count].takeTurn() }
        }
        failures += contests.filter(\.hasFailed).count
        let group = contests.flatMap(\.rows)
        for row in group { Table.print(row, in: group) }
        rows += group
    }
}

/// One subject in one benchmark.
private struct Contest {
    let subject: any Subject
    let sample: Sample
    private(set) var found: [Measurement] = []
    private(set) var trouble: String?
    private(set) var hasFailed = false

    init(subject: any Subject, sample: Sample, trouble: String? = nil) {
        self.subject = subject
        self.sample = sample
        self.trouble = trouble
    }

    mutating func takeTurn() {
        guard trouble == nil else { return }
        do {
            let text = try subject.command(sample).output()
            let measurements = Measurement.read(text, tasks: sample.tasks)
            if measurements.isEmpty { throw Command.Failed(description: "it printed no value") }
            found += measurements
        } catch {
            hasFailed = true
            trouble = "failed: \(error)"
        }
    }

    /// One for each number of tasks that the samples were of.
    var rows: [Row] {
        if let trouble { return [row(sample.tasks, .nothing(trouble))] }
        var rows: [Row] = []
        for measurement in found where !rows.contains(where: { $0.tasks == measurement.tasks }) {
            let same = found.filter { $0.tasks == measurement.tasks }
            rows.append(row(measurement.tasks, Row.Figures(same).map { .measured($0) } ?? .nothing("no value")))
        }
        return rows
    }

    private func row(_ tasks: Int, _ result: Row.Result) -> Row {
        Row(benchmark: sample.benchmark, shape: sample.shape, tasks: tasks, subject: subject.name, result: result)
    }
}
