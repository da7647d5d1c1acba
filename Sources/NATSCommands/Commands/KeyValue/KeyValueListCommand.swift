import NATSClient

/// `nats kv ls`: lists buckets, or the keys of one.
enum KeyValueListCommand {
    static let bucket = Argument.optional("bucket", "The bucket whose keys to list")
    static let key = Argument.optional("key", "Only keys that match")
    static let names = Flag.toggle("names", short: "n", "Print names only")
    static let verbose = Flag.toggle("verbose", short: "v", "Show when keys were written")
    static let displayValue = Flag.toggle("display-value", "Show values too, with --verbose")

    static let spec = CommandSpec(
        name: "ls",
        aliases: ["list"],
        help: "List available buckets or the keys in a bucket",
        arguments: [bucket.spec, key.spec],
        flags: [names.spec, verbose.spec, displayValue.spec],
        run: { invocation in
            if let name = invocation[bucket] {
                try await listKeys(of: name, invocation)
            } else {
                try await listBuckets(invocation)
            }
        }
    )

    private static func listKeys(of name: String, _ invocation: Invocation) async throws {
        try await invocation.withJetStream { jetStream in
            let found: KeyValueBucket
            do {
                found = try await jetStream.keyValue(name)
            } catch {
                throw CommandError("unable to load bucket: \(error)")
            }
            let keys = try await found.keys(invocation[key].map { [$0] } ?? [])
            guard !keys.isEmpty else {
                if !invocation[names] { invocation.console.print("No keys found in bucket") }
                return
            }
            guard invocation[verbose] else {
                for key in keys {
                    invocation.console.print(key)
                }
                return
            }
            let showsValues = invocation[displayValue]
            var table = Table(
                "Contents for bucket '\(name)'",
                header: ["Key", "Created", "Delta", "Revision"] + (showsValues ? ["Value"] : []))
            for key in keys {
                let entry = try await found.get(key)
                table.add(
                    [entry.key, Humanized.time(entry.created), String(entry.delta), String(entry.revision)]
                        + (showsValues ? [entry.text] : []))
            }
            invocation.print(table)
        }
    }

    private static func listBuckets(_ invocation: Invocation) async throws {
        let buckets = try await invocation.withJetStream { try await $0.keyValueBuckets() }
        if invocation[names] {
            for name in buckets.map(\.bucket).sorted() {
                invocation.console.print(name)
            }
            return
        }
        guard !buckets.isEmpty else {
            invocation.console.print("No Key-Value buckets found")
            return
        }
        var table = Table(
            "Key-Value Buckets", header: ["Bucket", "Description", "Created", "Size", "Values", "Last Update"])
        for bucket in buckets.sorted(by: { ($0.bytes, $0.bucket) < ($1.bytes, $1.bucket) }) {
            let info = bucket.streamInfo
            table.add([
                bucket.bucket, info.configuration.summary, Humanized.time(info.created),
                Humanized.bytes(bucket.bytes), Humanized.count(bucket.values),
                Humanized.age(of: info.state.lastTime, at: info.timestamp),
            ])
        }
        invocation.print(table)
    }
}
