import NATSClient
import NIOCore

/// `nats kv get`, `history` and `watch`: show values.
enum KeyValueReadCommand {
    static let revision = Flag.unsigned("revision", "A former revision")
    static let raw = Flag.toggle("raw", "Print the value only")
    static let filter = Argument.optional("key", "The key to watch, with wildcards; all if missing")
    static let includeHistory = Flag.toggle("history", "Show former values too")
    static let deletes = Flag.toggle("deletes", "Show deletions", isNegatable: true, default: true)
    static let updates = Flag.toggle("updates", "Show new values only")

    static let getSpec = CommandSpec(
        name: "get",
        help: "Show the value of a key",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec],
        flags: [revision.spec, raw.spec],
        run: get
    )

    static let historySpec = CommandSpec(
        name: "history",
        help: "Show the revisions of a key",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec],
        run: { invocation in
            let key = invocation[KeyValueCommand.key]
            let entries = try await invocation.withBucket { try await $0.history(key) }
            invocation.print(table(entries, invocation[KeyValueCommand.bucket], key))
        }
    )

    static let watchSpec = CommandSpec(
        name: "watch",
        help: "Show what happens in a bucket or to a key",
        arguments: [KeyValueCommand.bucket.spec, filter.spec],
        flags: [includeHistory.spec, deletes.spec, updates.spec, revision.spec],
        run: watch
    )

    @Sendable
    private static func get(_ invocation: Invocation) async throws {
        let key = invocation[KeyValueCommand.key]
        let entry: KeyValueEntry = try await invocation.withBucket { bucket in
            do {
                guard let number = invocation[revision], number > 0 else { return try await bucket.get(key) }
                return try await bucket.get(key, revision: number)
            } catch let error as JetStreamError where error.code == .keyDeleted {
                throw CommandError("nats: key not found")
            }
        }
        let console = invocation.console
        guard !invocation[raw] else {
            console.print(bytes: Array(entry.value.readableBytesView))
            return
        }
        console.print(
            "\(entry.bucket) > \(entry.key) revision: \(entry.revision) created @ \(Humanized.time(entry.created))\n")
        let text = Invocation.printable(entry)
        if text.utf8.count > 120 {
            let size = Humanized.count(text.utf8.count)
            console.print("Showing first 120 bytes of \(size), use --raw for full data\n")
        }
        console.print(String(text.prefix(120)) + "\n")
    }

    static func table(_ entries: [KeyValueEntry], _ bucket: String, _ key: String) -> Table {
        var table = Table(
            "History for \(bucket) > \(key)", header: ["Key", "Revision", "Op", "Created", "Length", "Value"])
        for entry in entries {
            table.add([
                entry.key, String(entry.revision), entry.operation.name, Humanized.time(entry.created),
                Humanized.count(entry.value.readableBytes), Invocation.shortened(entry),
            ])
        }
        return table
    }

    @Sendable
    private static func watch(_ invocation: Invocation) async throws {
        var options = KeyValueWatchOptions()
        options.ignoresDeletes = !invocation[deletes]
        if invocation[includeHistory] { options.past = .history }
        if invocation[updates] { options.past = .nothing }
        if let number = invocation[revision], number > 0 { options.past = .from(revision: number) }
        let filters = invocation[filter].map { [$0] } ?? []
        try await invocation.withBucket { bucket in
            for try await update in try bucket.watch(filters, options: options) {
                guard case .entry(let entry) = update else { continue }
                let place =
                    "[\(Humanized.time(entry.created))] \(entry.operation.name) \(entry.bucket) > \(entry.key)"
                invocation.console.print(entry.operation == .put ? "\(place): \(entry.text)" : place)
            }
        }
    }
}

extension KeyValueEntry.Operation {
    /// As natscli names it.
    var name: String {
        switch self {
        case .put: "PUT"
        case .delete: "DELETE"
        case .purge: "PURGE"
        }
    }
}
