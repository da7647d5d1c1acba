import GoFormats
import NATSClient
import NATSWire

/// `nats service`: services that can be found, what they offer and what they did.
enum ServiceCommand {
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")
    static let optionalName = Argument.optional("service", "Name of the service")
    static let name = Argument.required("service", "Name of the service")
    static let id = Argument.optional("id", "ID of one instance")
    static let endpoint = Flag.text("endpoint", short: "e", "Only endpoints whose names match a regular expression")

    static let spec = CommandSpec(
        name: "service",
        aliases: ["micro"],
        help: "Services discovery and management",
        subcommands: [
            CommandSpec(
                name: "list", aliases: ["ls", "l"], help: "List known services", arguments: [optionalName.spec],
                flags: [json.spec], run: list),
            CommandSpec(
                name: "info", aliases: ["i"], help: "Show service information", arguments: [name.spec, id.spec],
                flags: [endpoint.spec, json.spec], run: show),
            CommandSpec(
                name: "stats", help: "Report service statistics", arguments: [name.spec, id.spec], flags: [json.spec],
                run: showStatistics),
            CommandSpec(
                name: "ping", help: "Send a ping to all services", arguments: [optionalName.spec], run: ping),
            ServiceRequestCommand.spec, ServiceServeCommand.spec,
        ]
    )

    /// The subject of a question to all services, those of a name, or one instance.
    static func subject(_ verb: String, _ name: String?, _ id: String?) -> String {
        ([MicroService.prefix, verb] + [name, name == nil ? nil : id].compactMap { $0 }).joined(separator: ".")
    }

    /// What services answer to a question, in the order of their names.
    static func answers(
        _ connection: NATSConnection,
        _ verb: String,
        _ name: String?,
        _ id: String?,
        _ limit: AnswerLimit,
        _ invocation: Invocation
    ) async throws -> [JSONDocument] {
        let found: [(answer: NATSMessage, time: Duration)]
        do {
            found = try await invocation.answers(connection, to: subject(verb, name, id), "{}", limit)
        } catch let error as NATSError where error.code == .noResponders {
            throw CommandError("no service instances found")
        }
        // Anybody may answer: what is no answer of a service does not count.
        let type = "io.nats.micro.v1.\(verb.lowercased())_response"
        return found.compactMap { try? Invocation.document(of: $0.answer) }.filter { $0.text("type") == type }
            .sorted { ($0.text("name"), $0.text("id")) < ($1.text("name"), $1.text("id")) }
    }

    @Sendable
    private static func list(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let name = invocation[optionalName]
        let services = try await answers(connection, "INFO", name, nil, .quiet, invocation)
        guard !invocation[json] else {
            invocation.print(json: services.json)
            return
        }
        guard !services.isEmpty else {
            invocation.console.print("No results received")
            return
        }
        var table = Table(
            name.map { "\($0) Service Instances" } ?? "All Services",
            header: ["Name", "Version", "ID", "Description"])
        var last = JSONDocument()
        for service in services {
            // What is as in the line above is left out.
            func changed(_ key: String) -> String { service.text(key) == last.text(key) ? "" : service.text(key) }
            table.add([changed("name"), changed("version"), service.text("id"), changed("description")])
            last = service
        }
        invocation.print(table)
    }

    @Sendable
    private static func ping(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let replies = try connection.subscribe(to: connection.newInbox())
        let start = ContinuousClock.now
        let end = start + invocation[GlobalFlags.timeout]
        try await connection.publish(
            "", to: subject("PING", invocation[optionalName], nil), replyTo: replies.subject)
        while ContinuousClock.now < end {
            do {
                guard let reply = try await replies.next(timeout: end - .now), !reply.isNoResponders else { return }
                guard let answer = try? Invocation.document(of: reply), !answer.text("id").isEmpty else { continue }
                let who = "\(answer.text("name")) \(answer.text("id"))"
                let padding = String(repeating: " ", count: max(0, 50 - who.count))
                let time = CommandDuration.humanized(ContinuousClock.now - start)
                invocation.console.print("\(who)\(padding) rtt=\(time)")
            } catch {
                guard error.code == .timeout else { throw error }
                return
            }
        }
    }

    @Sendable
    private static func showStatistics(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let services = try await answers(
            connection, "STATS", invocation[name], invocation[id], .quiet, invocation)
        guard !services.isEmpty else {
            invocation.console.print("No responses received")
            return
        }
        guard !invocation[json] else {
            invocation.print(json: services.json)
            return
        }
        var table = Table(
            "\(invocation[name]) Service Statistics",
            header: ["ID", "Endpoint", "Requests", "Queue Group", "Errors", "Processing Time", "Average Time"])
        var (requests, errors, time) = (0, 0, Duration.zero)
        for service in services {
            for (index, endpoint) in service.documents("endpoints").enumerated() {
                let spent: Duration = endpoint["processing_time", default: .zero]
                table.add([
                    index == 0 ? service.text("id") : "", endpoint.text("name"),
                    Humanized.count(endpoint.count("num_requests")), endpoint.text("queue_group"),
                    Humanized.count(endpoint.count("num_errors")), CommandDuration.humanized(spent),
                    CommandDuration.humanized(endpoint["average_processing_time", default: Duration.zero]),
                ])
                requests += endpoint.count("num_requests")
                errors += endpoint.count("num_errors")
                time += spent
            }
        }
        table.footer = [
            "", "", Humanized.count(requests), "", Humanized.count(errors), CommandDuration.humanized(time),
            CommandDuration.humanized(time > .zero ? time / max(1, requests + errors) : .zero),
        ]
        invocation.print(table)
    }

    @Sendable
    private static func show(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let found = try await answers(
            connection, "INFO", invocation[name], invocation[id], .count(1), invocation)
        guard var info = found.first else {
            invocation.console.print(invocation[json] ? "{}" : "No results received")
            return
        }
        let (service, instance) = (info.text("name"), info.text("id"))
        let answers = try await answers(connection, "STATS", service, instance, .count(1), invocation)
        guard var stats = answers.first else {
            throw CommandError("no statistics received for \(service) > \(instance)")
        }
        if let pattern = invocation[endpoint] {
            let regex = try CheckPattern.regex(pattern)
            info["endpoints"] = info.documents("endpoints").filter { $0.text("name").contains(regex) }
            stats["endpoints"] = stats.documents("endpoints").filter { $0.text("name").contains(regex) }
        }
        guard !invocation[json] else {
            invocation.print(json: .object([.init("info", info.json), .init("stats", stats.json)]))
            return
        }
        invocation.print(ServiceReport.report(info, stats))
    }
}
