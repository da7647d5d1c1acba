import NATSClient
import NATSWire

/// What a health check found, and how monitoring systems want to read it.
struct CheckResult: Sendable {
    enum Status: String, Sendable {
        case ok = "OK"
        case warning = "WARNING"
        case critical = "CRITICAL"

        /// The exit status by which plug-ins of Nagios tell.
        var code: Int32 {
            switch self {
            case .ok: 0
            case .warning: 1
            case .critical: 2
            }
        }
    }

    /// One number that was measured.
    struct Metric: Sendable {
        var name: String
        var value: Double
        var warning = 0.0
        var critical = 0.0
        var unit = ""
        var help = ""
    }

    /// What was looked at.
    var name: String
    /// The kind of check, which names its numbers.
    var suite: String
    private(set) var criticals: [String] = []
    private(set) var warnings: [String] = []
    private(set) var successes: [String] = []
    private(set) var metrics: [Metric] = []

    init(name: String, suite: String) {
        self.name = name
        self.suite = suite
    }

    var status: Status { !criticals.isEmpty ? .critical : !warnings.isEmpty ? .warning : .ok }

    mutating func critical(_ text: String) { criticals.append(text) }
    mutating func warn(_ text: String) { warnings.append(text) }
    mutating func ok(_ text: String) { successes.append(text) }

    mutating func measure(
        _ name: String,
        _ value: Double,
        warning: Double = 0,
        critical: Double = 0,
        unit: String = "",
        _ help: String = ""
    ) {
        metrics.append(
            Metric(name: name, value: value, warning: warning, critical: critical, unit: unit, help: help))
    }

    /// Compares a number with thresholds: too much of it is bad, or too little, if the critical one is the smaller.
    mutating func compare(_ value: Double, warning: Double, critical: Double, isInverted: Bool, _ text: String) {
        func isBeyond(_ threshold: Double) -> Bool { isInverted ? value <= threshold : value >= threshold }
        if isBeyond(critical) {
            self.critical(text)
        } else if isBeyond(warning) {
            warn(text)
        } else {
            ok(text)
        }
    }
}

// MARK: - Formats

extension CheckResult {
    /// The result in a format, without a line end.
    ///
    /// - Parameters:
    ///   - format: `nagios`, `json`, `prometheus` or `text`.
    ///   - namespace: what the names of numbers for Prometheus begin with.
    func text(format: String, namespace: String) -> String {
        switch format {
        case "json": String(decoding: document.encoded(pretty: true), as: UTF8.self)
        case "prometheus": prometheus(namespace)
        case "text": tables
        default: nagios
        }
    }

    private var nagios: String {
        let parts =
            [status.rawValue, name] + criticals.map { "Crit:\($0)" } + warnings.map { "Warn:\($0)" }
            + successes.map { "OK:\($0)" }
        let line = parts.joined(separator: " ")
        return metrics.isEmpty ? line : line + " | " + metrics.map(\.nagios).joined(separator: " ")
    }

    private var document: JSONValue {
        var document = JSONDocument()
        document["status"] = status.rawValue
        document["check_suite"] = suite
        document["check_name"] = name
        document["warning"] = warnings.isEmpty ? nil : warnings
        document["critical"] = criticals.isEmpty ? nil : criticals
        document["ok"] = successes.isEmpty ? nil : successes
        document["perf_data"] = metrics.map { metric in
            var item = JSONDocument()
            item["name"] = metric.name
            item["value"] = metric.value
            item["warning"] = metric.warning
            item["critical"] = metric.critical
            item["unit"] = metric.unit.isEmpty ? nil : metric.unit
            return item
        }
        return document.json
    }

    private func prometheus(_ namespace: String) -> String {
        let item = String(name.map { $0 == "\"" ? "." : $0 })
        var gauges = metrics.map { metric in
            (
                name: metric.name, help: metric.help.isEmpty ? "Data about the NATS CLI check \(suite)" : metric.help,
                labels: "item=\"\(item)\"", value: metric.value
            )
        }
        gauges.append(
            (
                "status_code", "Nagios compatible status code for \(suite)",
                "item=\"\(item)\",status=\"\(status.rawValue)\"", Double(status.code)
            ))
        return gauges.sorted { $0.name < $1.name }.map { gauge in
            let name = "\(namespace)_\(suite)_\(gauge.name)"
            let value = String(decoding: JSONValue.double(gauge.value).encoded(), as: UTF8.self)
            return "# HELP \(name) \(gauge.help)\n# TYPE \(name) gauge\n\(name){\(gauge.labels)} \(value)\n"
        }.joined()
    }

    private var tables: String {
        var text = "\(name): \(status.rawValue)\n\n"
        var details = Table("", header: ["Status", "Message"])
        for (label, messages) in [("OK", successes), ("Warning", warnings), ("Critical", criticals)] {
            for message in messages {
                details.add([label, message])
            }
        }
        if !details.rows.isEmpty {
            text += "Status Detail\n\n" + details.text()
        }
        var numbers = Table(
            "", header: ["Metric", "Value", "Unit", "Critical Threshold", "Warning Threshold", "Description"])
        for metric in metrics {
            numbers.add([
                metric.name, Humanized.decimal(metric.value, 3), metric.unit, Humanized.decimal(metric.critical, 3),
                Humanized.decimal(metric.warning, 3), metric.help,
            ])
        }
        return numbers.rows.isEmpty ? text : text + "\nCheck Metrics\n\n" + numbers.text()
    }
}

extension CheckResult.Metric {
    fileprivate var nagios: String {
        let decimals = unit == "s" ? 4 : 0
        let shown = name.contains { $0 == " " || $0 == "\t" } ? "'\(name)'" : name
        var text = "\(shown)=\(Humanized.fixed(value, decimals))\(unit)"
        if warning != 0 {
            text += ";" + Humanized.fixed(warning, decimals)
        } else if critical != 0 {
            text += ";"
        }
        return critical == 0 ? text : text + ";" + Humanized.fixed(critical, decimals)
    }
}
