import NATSClient

/// `nats account report`: who is connected with the account, and what its connections did.
enum AccountReportCommand {
    static let spec = CommandSpec(
        name: "report",
        aliases: ["rep"],
        help: "Report on account metrics",
        subcommands: [
            CommandSpec(
                name: "connections",
                aliases: ["conn", "connz", "conns"],
                help: "Report on connections",
                flags: ConnectionReport.flags + [ServerReportCommand.reverse.spec],
                run: { invocation in
                    let connection = try await invocation.connect()
                    defer { connection.close() }
                    try await ConnectionReport.report(connection, account: nil, invocation)
                }
            ),
            CommandSpec(
                name: "statistics",
                aliases: ["stats", "statsz"],
                help: "Report on server statistics",
                run: showStatistics
            ),
        ]
    )

    @Sendable
    private static func showStatistics(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let answers = try await invocation.serverAnswers(connection, "ACCOUNT.PING.STATZ")
        guard !answers.isEmpty else { throw CommandError("did not get results from any servers") }
        var table = Table(
            "Server Statistics",
            header: [
                "Server", "Cluster", "Version", "Tags", "Connections", "Subscriptions", "Leafnodes", "Sent Bytes",
                "Sent Messages", "Received Bytes", "Received Messages", "Slow Consumers",
            ])
        var accounts: [JSONDocument] = []
        for answer in answers {
            guard let account = try answer.content().documents("account_statz").first else { continue }
            accounts.append(account)
            let server = answer.server
            table.add(
                [
                    server.text("host"), server.text("cluster"), server.text("ver"),
                    server.texts("tags").joined(separator: ", "),
                ] + counts([account]))
        }
        table.footer = [String(answers.count), "", "", ""] + counts(accounts)
        invocation.print(table)
    }

    /// What accounts' connections did together.
    private static func counts(_ accounts: [JSONDocument]) -> [String] {
        func total(_ key: String) -> Int { accounts.reduce(0) { $0 + $1.count(key) } }
        func total(_ part: String, _ key: String) -> Int {
            accounts.reduce(0) { $0 + $1.document(part).count(key) }
        }
        return [
            Humanized.count(total("conns")), Humanized.count(total("num_subscriptions")),
            Humanized.count(total("leafnodes")), Humanized.bytes(total("sent", "bytes")),
            Humanized.count(total("sent", "msgs")), Humanized.bytes(total("received", "bytes")),
            Humanized.count(total("received", "msgs")), Humanized.count(total("slow_consumers")),
        ]
    }
}
