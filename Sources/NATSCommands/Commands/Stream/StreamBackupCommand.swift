import NATSClient
import NATSWire
import NIOCore

/// `nats stream backup`: takes a snapshot of a stream into a folder.
enum StreamBackupCommand {
    static let stream = Argument.required("stream", "Stream to back up")
    static let target = Argument.required("target", "Folder for the backup")
    static let progress = Flag.toggle("progress", "Show how far it is", isNegatable: true, default: true)
    static let check = Flag.toggle("check", "Check the stream first")
    static let consumers = Flag.toggle("consumers", "Back up consumers too", isNegatable: true, default: true)
    static let chunkSize = Flag.text("chunk-size", "Bytes that the server sends at a time", placeholder: "BYTES")

    /// The files of a backup, as natscli names them.
    static let metadataFile = "backup.json"
    static let dataFile = "stream.tar.s2"

    static let spec = CommandSpec(
        name: "backup",
        aliases: ["snapshot"],
        help: "Back up a stream",
        arguments: [stream.spec, target.spec],
        flags: [progress.spec, check.spec, consumers.spec, chunkSize.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            try await backUp(invocation[stream], to: invocation[target], jetStream, invocation)
        }
    }

    /// Writes one stream into a folder.
    static func backUp(_ name: String, to folder: String, _ jetStream: JetStream, _ invocation: Invocation) async throws
    {
        let connection = jetStream.connection
        let chunks = try connection.subscribe(to: connection.newInbox())
        defer { chunks.unsubscribe() }
        var request = JSONDocument()
        request["deliver_subject"] = chunks.subject
        request["no_consumers"] = invocation[consumers] ? nil : true
        request["jsck"] = invocation[check] ? true : nil
        if let text = invocation[chunkSize] {
            request["chunk_size"] = try ByteSize.parse(text, flag: "--chunk-size")
        }
        let answer: JSONDocument
        do {
            answer = try await jetStream.request("STREAM.SNAPSHOT.\(name)", request)
        } catch {
            throw CommandError("could not create backup of \(name): \(error)")
        }
        let messages = StreamInfo(document: answer).state.messages
        invocation.console.print("Starting backup of Stream \(name) with \(Humanized.count(messages)) messages\n")
        let data = try await receive(chunks, connection, timeout: invocation[GlobalFlags.timeout])
        try FileSystem.makeDirectory(folder)
        try FileSystem.replace(folder + "/" + dataFile, with: data)
        var metadata = JSONDocument()
        metadata["config"] = answer["config"] as JSONValue?
        metadata["state"] = answer["state"] as JSONValue?
        try FileSystem.replace(
            folder + "/" + metadataFile, with: JSONValue.object(metadata.members).encoded(pretty: true))
        invocation.console.print("Received \(Humanized.bytes(data.count)) compressed data for stream \(name)")
    }

    /// Takes the chunks and acknowledges each; the empty one is the last.
    private static func receive(_ chunks: NATSSubscription, _ connection: NATSConnection, timeout: Duration)
        async throws -> [UInt8]
    {
        var data: [UInt8] = []
        while let chunk = try await chunks.next(timeout: timeout) {
            guard chunk.payload.readableBytes > 0 else {
                if let status = chunk.headers.status, status != 204 {
                    throw CommandError("backup failed: \(chunk.headers.statusDescription) (\(status))")
                }
                return data
            }
            data += chunk.payload.readableBytesView
            if let replyTo = chunk.replyTo {
                try await connection.publish("", to: replyTo)
            }
        }
        throw CommandError("backup failed: the connection was closed")
    }
}
