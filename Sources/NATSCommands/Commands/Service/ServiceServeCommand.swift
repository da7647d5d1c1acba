import NATSClient
import NATSWire
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `nats service serve`: a service for trials, which answers with what it was asked.
enum ServiceServeCommand {
    static let name = Argument.required("name", "Name of the service")
    static let header = Flag.texts("header", short: "H", "Adds a header to the answers", placeholder: "K:V")

    static let spec = CommandSpec(
        name: "serve",
        help: "Run a demo service",
        arguments: [name.spec],
        flags: [header.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let name = invocation[name]
        let given = try Dictionary(pairs: invocation[header], flag: "--header").sorted { $0.key < $1.key }
        let connection = try await invocation.connect()
        defer { connection.close() }
        let service = MicroService(
            name: name, version: "1.0.0", description: "NATS CLI Demo Service (\(name))",
            metadata: [
                "_nats.client.created.library": "natscli", "_nats.client.created.version": NATSMain.version,
            ],
            connection: connection, endpoints: [.init(name: "echo", subject: "\(name).echo")])
        let server = connection.connectedServer.map { "\($0)" } ?? ""
        var report = Report("NATS CLI Service \(name) handler \(getpid()) waiting for requests on \(server)")
        report.section("Listening Subjects")
        report.add("\(name).echo", "Echo Service")
        if !given.isEmpty {
            report.section("Custom Response Headers")
            for (name, value) in given {
                report.add(name, value)
            }
        }
        report.section("Requests Log")
        let heading = report
        let console = invocation.console
        try await service.run(started: { console.print(bytes: Array(heading.text.utf8)) }) { request in
            console.log("Handling request on subject \(request.subject)")
            var headers = Headers()
            headers.add("ConnectedUrl", server)
            headers.add("Handler", String(getpid()))
            headers.add("Subject", request.subject)
            headers.add("Timestamp", LocalTime.now().dateTime)
            for (name, value) in given {
                headers.add(name, value)
            }
            for (name, value) in request.headers {
                headers.add(name, value)
            }
            return MicroService.Answer(headers: headers, payload: request.payload)
        }
    }
}
