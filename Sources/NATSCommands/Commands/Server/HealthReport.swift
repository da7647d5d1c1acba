import NATSClient

/// `nats server report health`: whether servers are healthy, and what ails them.
enum HealthReport {
    /// How many of a server's errors are shown.
    private static let errorLimit = 10

    static let spec = CommandSpec(
        name: "health",
        help: "Report on server health",
        arguments: [ServerReportCommand.limit.spec],
        flags: HealthFlags.all + ServerReportCommand.filters,
        run: { invocation in
            try await ServerReportCommand.run(invocation) { connection in
                try await report(connection, invocation)
            }
        }
    )

    private static func report(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        var request = JSONDocument()
        HealthFlags.fill(&request, invocation)
        request["details"] = true
        let answers = try await ServerReportCommand.answers(connection, ".HEALTHZ", request, invocation)
        var table = Table(
            "Health Report", header: ["Server", "Cluster", "Domain", "Status", "Type", "Error"])
        var (healthy, errors) = (0, 0)
        for answer in ServerReportCommand.byName(answers, invocation) {
            let data = try answer.content()
            let code = data.count("status_code")
            healthy += code == 200 ? 1 : 0
            table.add([
                answer.server.text("name"), answer.server.text("cluster"), answer.server.text("domain"),
                "\(data.text("status")) (\(code))", "", "",
            ])
            let found = data.documents("errors")
            errors += found.count
            let shown = found.count > errorLimit ? errorLimit - 1 : found.count
            for error in found.prefix(shown) {
                table.add(["", "", "", "", error.text("type"), error.text("error")])
            }
            if shown < found.count {
                table.add(["", "", "", "\(found.count - shown) more errors", "", ""])
            }
        }
        let clusters = Set(answers.map { $0.server.text("cluster") })
        table.footer = [
            Humanized.count(answers.count), Humanized.count(clusters.count), "",
            "ok: \(healthy) / err: \(answers.count - healthy)", "", Humanized.count(errors),
        ]
        invocation.print(table)
    }
}
