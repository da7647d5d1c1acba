import NATSClient
import NATSWire

/// `nats server report`: what servers do, in tables.
enum ServerReportCommand {
    static let reverse = Flag.toggle("reverse", short: "R", "The other way round")
    static let limit = Argument.integer("limit", "How many servers to wait for", default: 0)
    static let watch = Flag.integer("watch", "Show the report anew every so many seconds", default: 0)
    static let filters = [
        ServerFilterFlags.host.spec, ServerFilterFlags.cluster.spec, ServerFilterFlags.tags.spec, watch.spec,
    ]

    static let spec = CommandSpec(
        name: "report",
        aliases: ["rep"],
        help: "Report on various server metrics",
        flags: [reverse.spec],
        subcommands: [
            ConnectionReport.accountsSpec, ConnectionReport.spec, UsageReport.processorSpec, LinkReport.gatewaysSpec,
            HealthReport.spec, JetStreamReport.spec, LinkReport.leafNodesSpec, UsageReport.memorySpec,
            LinkReport.routesSpec,
            .notBuilt(
                "downgrade", "List what an older server could not serve",
                instead: "see the API levels in nats stream report"),
        ]
    )

    /// Connects and makes a report, again and again if `--watch` is given.
    static func run(
        _ invocation: Invocation,
        _ report: (NATSConnection) async throws -> Void
    ) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let seconds = invocation[watch]
        try await report(connection)
        while seconds > 0 {
            try await Task.sleep(for: .seconds(seconds))
            if invocation.console.isTerminal {
                invocation.console.print(bytes: Array("\u{1B}[2J\u{1B}[H".utf8))
            }
            try await report(connection)
        }
    }

    /// Asks all servers that the flags name.
    static func answers(
        _ connection: NATSConnection,
        _ subject: String,
        _ request: JSONDocument,
        _ invocation: Invocation
    ) async throws -> [ServerAnswer] {
        let filtered = JSONDocument(request.members + invocation.serverFilter(hostIsName: true).members)
        return try await invocation.serverAnswers(
            connection, "SERVER.PING" + subject, filtered, AnswerLimit(invocation[limit]))
    }

    /// The elements in ascending order, or in descending order if `--reverse` is given.
    ///
    /// - Parameter tie: orders elements whose keys are equal.
    static func sorted<Element, Key: Comparable, Tie: Comparable>(
        _ elements: [Element],
        _ invocation: Invocation,
        by key: (Element) -> Key,
        tie: (Element) -> Tie
    ) -> [Element] {
        let sorted = elements.sorted { (key($0), tie($0)) < (key($1), tie($1)) }
        return invocation[reverse] ? sorted.reversed() : sorted
    }

    /// Servers' answers in the order of their names.
    static func byName(_ answers: [ServerAnswer], _ invocation: Invocation) -> [ServerAnswer] {
        sorted(answers, invocation, by: { $0.server.text("name") }, tie: { $0.server.text("id") })
    }

    /// A name in short, if it is as long as a key.
    static func shortened(_ account: String) -> String {
        account.count > 23 ? "\(account.prefix(10))...\(account.suffix(10))" : account
    }
}
