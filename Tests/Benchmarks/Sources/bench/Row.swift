/// A line of the table.
struct Row {
    let benchmark: Benchmark
    let shape: Shape
    let tasks: Int
    let subject: String
    let result: Result

    enum Result {
        case measured(Figures)
        /// Why there is nothing, in a word or a line.
        case nothing(String)
    }

    /// In the benchmark's unit, but for the bytes.
    struct Figures {
        var median: Double
        var p99: Double
        var p999: Double?
        var bytes: Int
    }

    var figures: Figures? {
        if case .measured(let figures) = result { return figures }
        return nil
    }

    /// Whether both did the same.
    func isBeside(_ other: Row) -> Bool {
        benchmark == other.benchmark && shape == other.shape && tasks == other.tasks
    }

    func ratio(to other: Row) -> Double? {
        guard isBeside(other), let mine = figures?.median, let its = other.figures?.median, its > 0 else { return nil }
        return mine / its
    }
}

extension Row.Figures {
    /// Of all samples: the median and the 99th percentile of their values, the median of the percentiles that the
    /// samples took themselves, and the most bytes.
    init?(_ measurements: [Measurement]) {
        let values = measurements.flatMap(\.values).sorted()
        guard !values.isEmpty else { return nil }
        median = values.quantile(0.5)
        let p99s = measurements.compactMap(\.p99).sorted()
        p99 = p99s.isEmpty ? values.quantile(0.99) : p99s.quantile(0.5)
        let p999s = measurements.compactMap(\.p999).sorted()
        p999 = p999s.isEmpty ? nil : p999s.quantile(0.5)
        bytes = measurements.map(\.bytes).max() ?? 0
    }
}

extension [Double] {
    /// Of sorted values.
    fileprivate func quantile(_ part: Double) -> Double { self[Swift.min(count - 1, Int(Double(count) * part))] }
}
