import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `nats service info` shows.
enum ServiceReport {
    static func report(_ info: JSONDocument, _ stats: JSONDocument) -> Report {
        var report = Report("Service Information")
        report.add("Service", "\(info.text("name")) (\(info.text("id")))")
        report.add("Description", info.text("description"))
        report.add("Version", info.text("version"))
        addMetadata(info, to: &report)
        report.section("Endpoints:")
        report.indent(2)
        for endpoint in info.documents("endpoints") {
            report.line()
            report.add("Name", endpoint.text("name"))
            report.add("Subject", endpoint.text("subject"))
            report.add("Queue Group", ifAny: endpoint.text("queue_group"))
            addMetadata(endpoint, to: &report)
        }
        report.indent(0)
        report.section("Statistics for \(stats.documents("endpoints").count) Endpoint(s)")
        for endpoint in stats.documents("endpoints") {
            add(endpoint, started: stats["started"], to: &report)
        }
        return report
    }

    private static func addMetadata(_ document: JSONDocument, to report: inout Report) {
        let metadata: [String: String] = document["metadata", default: [:]]
        report.add("Metadata", each: metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
    }

    private static func add(_ endpoint: JSONDocument, started: Date?, to report: inout Report) {
        let name = endpoint.text("name")
        let spent: Duration = endpoint["processing_time", default: .zero]
        let average: Duration = endpoint["average_processing_time", default: .zero]
        report.indent(2)
        report.section("\(name.isEmpty ? "default" : name) Endpoint Statistics")
        report.add(
            "Requests",
            "\(Humanized.count(endpoint.count("num_requests"))) in group \"\(endpoint.text("queue_group"))\"")
        report.add(
            "Processing Time",
            "\(CommandDuration.humanized(spent)) (average \(CommandDuration.humanized(average)))")
        report.add("Started", "\(Humanized.time(started)) (\(Humanized.age(of: started, at: nil)) ago)")
        report.add("Errors", endpoint.count("num_errors"))
        report.add("Last Error", ifAny: endpoint.text("last_error"))
        if let data = endpoint["data"] as JSONValue? {
            report.section("Endpoint Specific Statistics")
            for line in String(decoding: data.encoded(pretty: true), as: UTF8.self).split(separator: "\n") {
                report.line(" " + line)
            }
        }
        report.indent(0)
    }
}
