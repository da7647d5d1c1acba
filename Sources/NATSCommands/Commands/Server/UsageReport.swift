import NATSClient

/// `nats server report cpu` and `mem`: how busy servers are, as bars.
enum UsageReport {
    static let processorSpec = spec("cpu", "Report on CPU usage")
    static let memorySpec = spec("mem", "Report on memory usage")

    private static func spec(_ name: String, _ help: String) -> CommandSpec {
        CommandSpec(
            name: name,
            help: help,
            arguments: [ServerReportCommand.limit.spec],
            flags: ServerReportCommand.filters + [ServerCommand.json.spec],
            run: { invocation in
                try await ServerReportCommand.run(invocation) { connection in
                    try await report(name, connection, invocation)
                }
            }
        )
    }

    private static func report(_ name: String, _ connection: NATSConnection, _ invocation: Invocation) async throws {
        let answers = try await ServerReportCommand.answers(connection, ".STATSZ", JSONDocument(), invocation)
        guard !answers.isEmpty else { throw CommandError(Invocation.noSystemAnswers) }
        var usage: [String: Double] = [:]
        for answer in answers {
            usage[answer.server.text("name")] = answer.document.document("statsz").number(name)
        }
        guard !invocation[ServerCommand.json] else {
            invocation.print(json: usage.json)
            return
        }
        let text =
            name == "mem"
            ? BarChart.text(usage, caption: "Memory Usage") { Humanized.bytes(Int($0)) }
            : BarChart.text(usage, caption: "CPU Usage") { Humanized.decimal($0, 6) }
        invocation.console.print(text)
    }
}
