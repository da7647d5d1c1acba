/// `nats bench`: how many messages clients and a server carry, and how long each takes.
enum BenchCommand {
    static let spec = CommandSpec(
        name: "bench",
        help: "Benchmark utility",
        subcommands: [
            CommandSpec(
                name: "pub",
                help: "Publish Core NATS messages",
                arguments: [BenchFlags.subject.spec],
                flags: [BenchFlags.sleep.spec] + BenchFlags.common + BenchFlags.publishing + BenchFlags.pacing,
                run: CoreBench.publish
            ),
            CommandSpec(
                name: "sub",
                help: "Subscribe to Core NATS messages",
                arguments: [BenchFlags.subject.spec],
                flags: [BenchFlags.multiSubject.spec] + BenchFlags.common,
                run: CoreBench.subscribe
            ),
            service, streams, buckets,
        ]
    )

    private static let service = CommandSpec(
        name: "service",
        help: "Micro-service mode",
        flags: [BenchFlags.sleep.spec] + BenchFlags.common,
        subcommands: [
            CommandSpec(
                name: "request",
                help: "Send a request and wait for a reply",
                arguments: [BenchFlags.subject.spec],
                flags: [BenchFlags.payload.spec, BenchFlags.header.spec] + BenchFlags.pacing,
                run: CoreBench.request
            ),
            CommandSpec(
                name: "serve",
                help: "Service requests",
                arguments: [BenchFlags.subject.spec],
                run: CoreBench.serve
            ),
        ]
    )

    private static let streams = CommandSpec(
        name: "js",
        help: "JetStream benchmark commands",
        flags: [BenchFlags.stream.spec, BenchFlags.sleep.spec] + BenchFlags.common,
        subcommands: [
            CommandSpec(
                name: "pub",
                help: "Publish JetStream messages",
                subcommands: [
                    publisher("sync", "Wait for each acknowledgement", .streamPublishSync, batches: false),
                    publisher("async", "Wait for acknowledgements of many messages at a time", .streamPublishAsync),
                    publisher(
                        "atomic", aliases: ["batch"], "Publish batches that are stored as a whole or not at all",
                        .streamPublishAtomic),
                    .notBuilt("fast", "Publish with the fast batch protocol", instead: "use async or atomic"),
                ]
            ),
            CommandSpec(
                name: "ordered",
                help: "Consume JetStream messages from a consumer using an ephemeral ordered consumer",
                flags: [BenchFlags.batch.spec, BenchFlags.purge.spec, BenchFlags.filter.spec],
                run: StreamBench.ordered
            ),
            CommandSpec(
                name: "consume",
                help: "Consume JetStream messages from a durable consumer using a callback",
                flags: BenchFlags.consuming,
                run: StreamBench.consume
            ),
            CommandSpec(
                name: "fetch",
                help: "Consume JetStream messages from a durable consumer using fetch",
                flags: BenchFlags.consuming,
                run: StreamBench.fetch
            ),
            CommandSpec(
                name: "get",
                help: "Retrieve messages from JetStream using gets",
                subcommands: [
                    CommandSpec(name: "sync", help: "Get one message at a time", run: StreamBench.getSync),
                    CommandSpec(
                        name: "batch",
                        help: "Get many messages at a time",
                        flags: [BenchFlags.batch.spec, BenchFlags.singleFilter.spec],
                        run: StreamBench.getBatch
                    ),
                ]
            ),
        ]
    )

    private static func publisher(
        _ name: String,
        aliases: [String] = [],
        _ help: String,
        _ kind: BenchKind,
        batches: Bool = true
    ) -> CommandSpec {
        CommandSpec(
            name: name,
            aliases: aliases,
            help: help,
            arguments: [BenchFlags.subject.spec],
            flags: (batches ? [BenchFlags.batch.spec] : []) + BenchFlags.publishing + BenchFlags.streamPublishing
                + BenchFlags.pacing,
            run: { try await StreamPublishBench.publish(kind, $0) }
        )
    }

    private static let buckets = CommandSpec(
        name: "kv",
        help: "KV benchmark operations",
        flags: [BenchFlags.bucket.spec, BenchFlags.sleep.spec] + BenchFlags.common,
        subcommands: [
            CommandSpec(
                name: "put",
                help: "Put messages in a KV bucket",
                flags: [
                    BenchFlags.storage.spec, BenchFlags.replicas.spec, BenchFlags.maximumBytes.spec,
                    BenchFlags.history.spec, BenchFlags.purge.spec, BenchFlags.randomize.spec,
                ] + BenchFlags.pacing,
                run: BucketBench.put
            ),
            CommandSpec(
                name: "get",
                help: "Get messages from a KV bucket",
                flags: [BenchFlags.randomize.spec],
                run: BucketBench.get
            ),
        ]
    )
}
