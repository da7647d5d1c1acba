import NATSClient

/// `nats kv del`, `purge` and `compact`: remove keys, buckets, and what is left of keys.
enum KeyValueRemoveCommand {
    static let optionalKey = Argument.optional("key", "The key to delete; the whole bucket if missing")
    static let lifetime = Flag.duration("ttl", "How long the word of it is kept", placeholder: "DURATION")

    static let deleteSpec = CommandSpec(
        name: "del",
        aliases: ["rm"],
        help: "Delete a key or the entire bucket",
        arguments: [KeyValueCommand.bucket.spec, optionalKey.spec],
        flags: [KeyValueCommand.force.spec],
        run: delete
    )

    static let purgeSpec = CommandSpec(
        name: "purge",
        help: "Delete a key and its former values",
        arguments: [KeyValueCommand.bucket.spec, KeyValueCommand.key.spec],
        flags: [KeyValueCommand.force.spec, lifetime.spec],
        run: { invocation in
            let (bucket, key) = (invocation[KeyValueCommand.bucket], invocation[KeyValueCommand.key])
            guard try goesOn(invocation, "Purge key \(bucket) > \(key)?", "Skipping purge") else { return }
            try await invocation.withBucket { try await $0.purge(key, timeToLive: invocation[lifetime]) }
        }
    )

    static let compactSpec = CommandSpec(
        name: "compact",
        help: "Free what deleted keys take",
        arguments: [KeyValueCommand.bucket.spec],
        flags: [KeyValueCommand.force.spec],
        run: { invocation in
            let question =
                "Purge all historic values and audit trails for deleted keys in bucket "
                + "\(invocation[KeyValueCommand.bucket])?"
            guard try goesOn(invocation, question, "Skipping delete") else { return }
            try await invocation.withBucket { try await $0.purgeDeletes() }
        }
    )

    @Sendable
    private static func delete(_ invocation: Invocation) async throws {
        let bucket = invocation[KeyValueCommand.bucket]
        if let key = invocation[optionalKey] {
            guard try goesOn(invocation, "Delete key \(bucket) > \(key)?", "Skipping delete") else { return }
            try await invocation.withBucket { try await $0.delete(key) }
        } else {
            guard try goesOn(invocation, "Delete bucket \(bucket)?", "Skipping delete") else { return }
            try await invocation.withJetStream { try await $0.deleteKeyValue(bucket) }
        }
    }

    private static func goesOn(_ invocation: Invocation, _ question: String, _ refusal: String) throws -> Bool {
        if try invocation.confirm(question, unless: KeyValueCommand.force) { return true }
        invocation.console.print(refusal)
        return false
    }
}
