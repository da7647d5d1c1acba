import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server request profile`: profiles of the servers' processes, written into files.
enum ServerProfileCommand {
    static let profile = Argument<String>(
        spec: ArgumentSpec(
            name: "profile",
            help: "What to profile (allocs, heap, goroutine, mutex, threadcreate, block, cpu)",
            isRequired: true,
            kind: .choice(["allocs", "heap", "goroutine", "mutex", "threadcreate", "block", "cpu"]))
    ) { $0.last ?? "" }
    static let folder = Argument.optional("dir", "Folder for the files; the current one if missing")
    static let level = Flag.integer("level", "How much detail", default: 0)

    static let spec = CommandSpec(
        name: "profile",
        help: "Run a profile",
        arguments: [profile.spec, folder.spec],
        flags: [level.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let name = invocation[profile]
        var request = JSONDocument()
        request["name"] = name
        request["debug"] = invocation[level]
        // Nobody can say sooner how busy the processor was.
        if name == "cpu" { request["duration"] = invocation[GlobalFlags.timeout] - .seconds(1) }
        let answers = try await ServerRequestCommand.answers(connection, "PROFILEZ", request, invocation)
        let stamp = LocalTime.now().dateTime.filter { $0.isNumber }
        let prefix = "\(invocation[folder] ?? ".")/\(name)-\(stamp.prefix(8))-\(stamp.suffix(6))-"
        for answer in answers {
            let server = answer.server.text("name")
            if let problem = answer.data?.text("error") ?? answer.error, !problem.isEmpty {
                invocation.console.error("Server \"\(server)\" error: \(problem)")
                continue
            }
            guard let data = Data(base64Encoded: answer.data?.text("profile") ?? "") else { continue }
            try FileSystem.replace(prefix + server, with: Array(data))
            invocation.console.print("Server \"\(server)\" profile written: \(prefix + server)")
        }
    }
}
