import NATSClient
import NATSWire
import NIOCore

/// `nats kv`: keys and values.
enum KeyValueCommand {
    static let bucket = Argument.required("bucket", "The bucket to act on")
    static let key = Argument.required("key", "The key to act on")
    static let force = Flag.toggle("force", short: "f", "Act without asking")

    static let spec = CommandSpec(
        name: "kv",
        help: "Interact with a JetStream based Key-Value store",
        subcommands: [
            KeyValueBucketCommand.addSpec, KeyValueBucketCommand.editSpec, KeyValueWriteCommand.putSpec,
            KeyValueReadCommand.getSpec, KeyValueWriteCommand.createSpec, KeyValueWriteCommand.updateSpec,
            KeyValueRemoveCommand.deleteSpec, KeyValueRemoveCommand.purgeSpec, KeyValueReadCommand.historySpec,
            KeyValueWriteCommand.revertSpec, KeyValueBucketCommand.infoSpec, KeyValueReadCommand.watchSpec,
            KeyValueListCommand.spec, KeyValueRemoveCommand.compactSpec,
        ]
    )
}

extension Invocation {
    /// Gives the bucket that is named to `body`.
    func withBucket<Result>(_ body: (KeyValueBucket) async throws -> Result) async throws -> Result {
        try await withJetStream { jetStream in
            do {
                return try await body(try await jetStream.keyValue(self[KeyValueCommand.bucket]))
            } catch let error as JetStreamError {
                throw error.asGoClientPrints
            }
        }
    }

    /// What a value looks like in a report: as it is if it can be printed, else in base 64.
    static func printable(_ entry: KeyValueEntry) -> String {
        let bytes = Array(entry.value.readableBytesView)
        guard let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" })
        else { return Base64.encoded(bytes) }
        return text
    }

    /// The same, no longer than 40 characters.
    static func shortened(_ entry: KeyValueEntry) -> String {
        let text = printable(entry)
        return text.utf8.count > 40 ? "\(text.prefix(15))...\(text.suffix(15))" : text
    }
}

extension JetStreamError {
    /// The error as the Go client prints it, on which natscli's commands for buckets are built.
    var asGoClientPrints: CommandError {
        guard let serverCode, let status else { return CommandError(description) }
        let suffix = " (\(serverCode.rawValue))"
        let words = description.hasSuffix(suffix) ? String(description.dropLast(suffix.count)) : description
        guard code == .server || code == .wrongRevision else { return CommandError(words) }
        return CommandError("nats: API error: code=\(status) err_code=\(serverCode.rawValue) description=\(words)")
    }
}
