import NATSClient
import NATSWire
import NIOCore

/// `nats stream restore`: creates a stream from a backup.
enum StreamRestoreCommand {
    static let folder = Argument.required("file", "Folder that holds the backup")
    static let config = Flag.text(
        "config", "JSON file with another configuration", placeholder: "FILE", kind: .existingFile)

    /// How many bytes one message carries.
    private static let chunkSize = 128 * 1024

    static let spec = CommandSpec(
        name: "restore",
        help: "Restore a stream from a backup",
        arguments: [folder.spec],
        flags: [
            StreamBackupCommand.progress.spec, config.spec, StreamFlags.cluster.spec, StreamFlags.tag.spec,
            StreamFlags.replicas.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            try await restore(invocation[folder], jetStream, invocation)
        }
    }

    /// Creates the stream that a folder holds.
    static func restore(_ path: String, _ jetStream: JetStream, _ invocation: Invocation) async throws {
        let (request, data) = try read(path, invocation)
        var stream = StreamConfiguration(json: request["config"] ?? .null) ?? StreamConfiguration(name: "")
        if let file = invocation[config] {
            let name = stream.name
            stream = try StreamConfiguration(file: file)
            if stream.name.isEmpty { stream.name = name }
        }
        if invocation.isGiven(StreamFlags.cluster) || invocation.isGiven(StreamFlags.tag) {
            stream.placement = Placement(
                cluster: invocation[StreamFlags.cluster] ?? "", tags: invocation[StreamFlags.tag])
        }
        if invocation[StreamFlags.replicas] != 0 { stream.replicas = invocation[StreamFlags.replicas] }
        var body = request
        body["config"] = stream
        invocation.console.print("Starting restore of Stream \(stream.name) from file \(path)\n")
        do {
            let answer = try await jetStream.request("STREAM.RESTORE.\(stream.name)", body)
            try await send(data, to: answer["deliver_subject", default: ""], jetStream)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("restore failed: \(error)")
        }
        let restored = try await jetStream.stream(stream.name)
        invocation.console.print("Restored stream \(stream.name)\n")
        invocation.console.print(bytes: Array(StreamReport.text(restored.lastInfo, stateOnly: false).utf8))
    }

    private static func read(_ path: String, _ invocation: Invocation) throws -> (JSONDocument, [UInt8]) {
        let file = path + "/" + StreamBackupCommand.metadataFile
        guard case .object(let members) = try JSONValue(parsing: try FileSystem.read(file)) else {
            throw CommandError("\(file) is no JSON object: is \(path) the folder of a backup?")
        }
        return (JSONDocument(members), try FileSystem.read(path + "/" + StreamBackupCommand.dataFile))
    }

    /// Sends the data piece by piece, each answered, and an empty one that ends it.
    private static func send(_ data: [UInt8], to subject: String, _ jetStream: JetStream) async throws {
        var rest = data[...]
        while true {
            let piece = rest.prefix(chunkSize)
            rest = rest.dropFirst(piece.count)
            let answer = try await jetStream.connection.request(
                ByteBuffer(bytes: piece), to: subject, timeout: jetStream.timeout)
            if answer.payload.readableBytes > 0,
                case .object(let members)? = try? JSONValue(parsing: Array(answer.payload.readableBytesView)),
                let refusal = JetStreamError(answer: JSONDocument(members))
            {
                throw CommandError("restore failed: \(refusal)")
            }
            guard !piece.isEmpty else { return }
        }
    }
}
