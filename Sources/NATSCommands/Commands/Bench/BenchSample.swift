/// What one client did in a benchmark.
struct BenchSample: Sendable {
    var messages: Int
    var bytes: Int
    /// All messages that the connection carried, questions and answers.
    var carried: Int
    var start: ContinuousClock.Instant
    var end: ContinuousClock.Instant
    /// How long each operation took, in nanoseconds; none where single operations can't be told apart.
    var latencies: [Int64]

    var seconds: Double { max((end - start).inSeconds, 1e-9) }
    /// Messages a second.
    var rate: Int { Int(Double(messages) / seconds) }
    /// Bytes a second.
    var throughput: Double { Double(bytes) / seconds }
}

/// What latencies have in common, in microseconds.
struct BenchLatencies: Sendable {
    private let sorted: [Int64]

    /// `nil` if there are none.
    init?(_ latencies: [Int64]) {
        guard !latencies.isEmpty else { return nil }
        sorted = latencies.sorted()
    }

    var minimum: Double { Double(sorted[0]) / 1000 }
    var maximum: Double { Double(sorted[sorted.count - 1]) / 1000 }
    var average: Double { Double(sorted.reduce(0, +)) / Double(sorted.count) / 1000 }

    var deviation: Double {
        let mean = average * 1000
        let squares = sorted.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(sorted.count)).squareRoot() / 1000
    }

    /// Below which so many percent of them lie.
    func percentile(_ percent: Double) -> Double {
        let index = Int((percent / 100 * Double(sorted.count)).rounded(.up)) - 1
        return Double(sorted[max(0, min(sorted.count - 1, index))]) / 1000
    }
}
