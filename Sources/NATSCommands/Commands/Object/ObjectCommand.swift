import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats object`: objects of any size.
enum ObjectCommand {
    static let bucket = Argument.required("bucket", "The bucket to act on")
    static let force = Flag.toggle("force", short: "f", "Act without asking")

    static let spec = CommandSpec(
        name: "object",
        aliases: ["obj"],
        help: "Interact with a JetStream based Object store",
        subcommands: [
            ObjectBucketCommand.addSpec, ObjectBucketCommand.editSpec, ObjectTransferCommand.putSpec,
            ObjectRemoveCommand.spec, ObjectTransferCommand.getSpec, ObjectListCommand.infoSpec,
            ObjectListCommand.spec, ObjectBucketCommand.sealSpec, ObjectListCommand.watchSpec,
        ]
    )
}

extension Invocation {
    /// Gives the object store that is named to `body`.
    func withStore<Result>(_ body: (ObjectStore) async throws -> Result) async throws -> Result {
        try await withJetStream { jetStream in
            do {
                return try await body(try await jetStream.objectStore(self[ObjectCommand.bucket]))
            } catch let error as JetStreamError {
                throw error.asGoClientPrints
            }
        }
    }

    /// Prints what a store tells about itself.
    func print(_ status: ObjectStoreStatus) {
        let info = status.streamInfo
        var report = Report(
            "Information for Object Store Bucket \(status.bucket) created \(Humanized.time(info.created))")
        report.section("Configuration")
        report.add("Bucket Name", status.bucket)
        report.add("Description", ifAny: status.summary)
        report.add("Replicas", info.configuration.replicas)
        report.add("TTL", status.timeToLive > .zero ? CommandDuration.humanized(status.timeToLive) : "unlimited")
        report.add("Sealed", status.isSealed)
        report.add("Size", Humanized.bytes(status.bytes))
        report.add("Maximum Bucket Size", limit: info.configuration.maximumBytes, Humanized.bytes)
        report.add("Storage", info.configuration.storage == .file ? "File" : "Memory")
        report.add("Backing Store Kind", "JetStream")
        report.add("JetStream Stream", info.configuration.name)
        let metadata = info.configuration.metadata.withoutReserved.sorted { $0.key < $1.key }
        report.add("Metadata", each: metadata.map { "\($0.key): \($0.value)" })
        report.add(info.cluster, groupLabel: "")
        console.print(bytes: Array(report.text.utf8))
    }

    /// Prints what a store tells about an object.
    func print(_ info: ObjectInfo) {
        var report = Report("Object information for \(info.bucket) > \(info.name)")
        report.add("Description", ifAny: info.summary)
        report.add("Size", Humanized.bytes(info.size))
        let time = Timestamp.text(info.modified).split(separator: "T").joined(separator: " ").dropLast()
        report.add("Modification Time", "\(time) +0000 UTC")
        report.add("Chunks", info.chunks)
        if let link = info.link {
            report.add("Link", link.name.map { "\(link.bucket) > \($0)" } ?? link.bucket)
        }
        if let separator = info.digest.firstIndex(of: "=") {
            let digest = info.digest[info.digest.index(after: separator)...]
            report.add("Digest", "\(info.digest[..<separator]) \(hexadecimal(String(digest)))")
        }
        if info.isDeleted { report.add("Deleted", true) }
        report.add("Headers", each: info.headers.map { "\($0.name): \($0.value)" })
        if !info.metadata.isEmpty {
            report.section("Metadata")
            report.add(info.metadata)
        }
        console.print(bytes: Array(report.text.utf8))
    }

    /// A digest in base 64, in hexadecimal digits.
    private func hexadecimal(_ digest: String) -> String {
        let standard = digest.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        let bytes = Data(base64Encoded: String(standard)) ?? Data()
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
