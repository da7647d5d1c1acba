import GoFormats
import NATSClient

/// `nats service request`: asks an endpoint of a service, which is found by its name.
enum ServiceRequestCommand {
    static let endpoint = Argument.required("endpoint", "Name of the endpoint")
    static let payload = Argument.optional("payload", "Body of the request")

    static let spec = CommandSpec(
        name: "request",
        aliases: ["req"],
        help: "Send a request to a service endpoint",
        arguments: [ServiceCommand.name.spec, endpoint.spec, payload.spec],
        flags: [
            RequestCommand.header.spec, RequestCommand.raw.spec, RequestCommand.count.spec,
            RequestCommand.translate.spec, RequestCommand.templates.spec, RequestCommand.forceInput.spec,
            RequestCommand.sendOn.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let (service, name) = (invocation[ServiceCommand.name], invocation[endpoint])
        let connection = try await invocation.connect()
        defer { connection.close() }
        let found = try await ServiceCommand.answers(connection, "INFO", service, nil, .count(1), invocation)
        guard let info = found.first else {
            throw CommandError("no instances of service \(GoText.quoted(service)) found")
        }
        let endpoints = info.documents("endpoints")
        guard let endpoint = endpoints.first(where: { $0.text("name") == name }) else {
            guard !endpoints.isEmpty else {
                throw CommandError("service \(GoText.quoted(service)) has no endpoints")
            }
            let names = endpoints.map { $0.text("name") }.joined(separator: ", ")
            throw CommandError(
                "service \(GoText.quoted(service)) has no endpoint \(GoText.quoted(name)) (available: \(names))")
        }
        try await RequestCommand.run(
            subject: endpoint.text("subject"), body: invocation[payload], invocation, over: connection)
    }
}
