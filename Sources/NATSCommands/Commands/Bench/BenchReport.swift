import NATSWire

/// The results of all clients of a benchmark, as text and as a file.
struct BenchReport: Sendable {
    let kind: BenchKind
    let samples: [BenchSample]

    /// The report as natscli prints it, with a line end.
    var text: String {
        guard let first = samples.first else { return "No publisher or subscribers. Nothing to report.\n" }
        guard samples.count > 1 else {
            return "NATS \(kind.label) stats: \(Self.line(first))\n"
        }
        var lines = samples.enumerated().map { index, sample in
            " [\(index + 1)] \(Self.line(sample)) (\(Humanized.count(sample.messages)) msgs)"
        }
        let total = total
        lines += [
            "", " NATS \(kind.label) aggregated stats: \(Self.rates(total))", " message rates \(rateStatistics)",
        ]
        if let latencies = BenchLatencies(total.latencies) {
            lines.append(" latencies per operation \(Self.statistics(latencies))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// All clients as one: from the first start to the last end.
    private var total: BenchSample {
        BenchSample(
            messages: samples.reduce(0) { $0 + $1.messages }, bytes: samples.reduce(0) { $0 + $1.bytes },
            carried: samples.reduce(0) { $0 + $1.carried }, start: samples.map(\.start).min() ?? .now,
            end: samples.map(\.end).max() ?? .now, latencies: samples.flatMap(\.latencies))
    }

    private static func rates(_ sample: BenchSample) -> String {
        "\(Humanized.count(sample.rate)) msgs/sec ~ \(Humanized.bytes(Int(sample.throughput)))/sec"
    }

    private static func line(_ sample: BenchSample) -> String {
        guard let latencies = BenchLatencies(sample.latencies) else { return rates(sample) }
        let parts =
            [("min", latencies.minimum), ("avg", latencies.average), ("max", latencies.maximum)]
            + percentiles(latencies)
        return rates(sample) + parts.map { " ~ \($0.0): \(Humanized.decimal($0.1, 2))us" }.joined()
    }

    private static func percentiles(_ latencies: BenchLatencies) -> [(String, Double)] {
        [("P50", 50.0), ("P90", 90), ("P99", 99), ("P99.9", 99.9)].map { ($0.0, latencies.percentile($0.1)) }
    }

    private var rateStatistics: String {
        let rates = samples.map(\.rate)
        let average = rates.reduce(0, +) / rates.count
        let squares = rates.reduce(0.0) { $0 + Double(($1 - average) * ($1 - average)) }
        let deviation = (squares / Double(rates.count)).squareRoot()
        let parts = [
            ("min", rates.min() ?? 0), ("avg", average), ("max", rates.max() ?? 0), ("stddev", Int(deviation)),
        ]
        return parts.map { "\($0.0) \(Humanized.count($0.1))" }.joined(separator: " | ") + " msgs"
    }

    private static func statistics(_ latencies: BenchLatencies) -> String {
        var parts = [
            ("min", latencies.minimum), ("avg", latencies.average), ("max", latencies.maximum),
            ("stddev", latencies.deviation),
        ]
        parts += percentiles(latencies).map { ($0.0 == "P99.9" ? "P99.9:" : $0.0, $0.1) }
        return parts.map { "\($0.0) \(Humanized.decimal($0.1, 2))us" }.joined(separator: " | ")
    }

    /// One line for each client, with a heading.
    var csv: String {
        let hasLatencies = samples.contains { !$0.latencies.isEmpty }
        var header = ["#RunID", "ClientID", "MsgCount", "MsgBytes", "MsgsPerSec", "BytesPerSec", "DurationSecs"]
        if hasLatencies {
            header += ["Min", "Avg", "Max", "P50", "P90", "P99", "P99.9", "StdDev"].map { $0 + "LatencyMicroSecs" }
        }
        let run = NUID.next()
        let rows = samples.enumerated().map { index, sample in
            var row = [
                run, "\(kind.letter)\(index)", String(sample.carried), String(sample.bytes), String(sample.rate),
                Humanized.fixed(sample.throughput, 6), Humanized.fixed(sample.seconds, 6),
            ]
            if hasLatencies, let latencies = BenchLatencies(sample.latencies) {
                let values =
                    [latencies.minimum, latencies.average, latencies.maximum]
                    + Self.percentiles(latencies).map(\.1) + [latencies.deviation]
                row += values.map { Humanized.fixed($0, 6) }
            }
            return row
        }
        return ([header] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }
}
