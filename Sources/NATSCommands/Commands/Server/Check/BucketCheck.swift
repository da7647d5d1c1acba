import NATSClient

/// `nats server check kv`: whether a bucket is there, with a key and so many values.
enum BucketCheck {
    static let bucket = Flag.text("bucket", "The bucket to check")
    static let critical = Flag.integer("values-critical", "Critical threshold for values", default: -1)
    static let warning = Flag.integer("values-warn", "Threshold for values", default: -1)
    static let key = Flag.text("key", "A key that must have a value")

    static let spec = CommandSpec(
        name: "kv",
        help: "Checks a NATS KV bucket",
        longHelp: ServerCheckCommand.warnings,
        flags: [bucket.spec, critical.spec, warning.spec, key.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let name = invocation[bucket] else { throw UsageError.missingRequiredFlag(name: "bucket") }
        try await ServerCheckCommand.run(invocation, name: name, suite: "kv", failure: "connection failed") {
            result, connection in
            let jetStream = try invocation.jetStream(over: connection)
            let bucket: KeyValueBucket
            do {
                bucket = try await jetStream.keyValue(name)
            } catch let error as JetStreamError where error.code == .bucketNotFound {
                result.critical("bucket \(name) not found")
                return
            } catch {
                result.critical("could not load bucket: \(error)")
                return
            }
            result.ok("bucket \(name)")
            let info = try await bucket.status().streamInfo
            let values = info.state.messages
            let limits = (warning: invocation[warning], critical: invocation[critical])
            result.measure(
                "values", Double(values), warning: Double(max(0, limits.warning)),
                critical: Double(max(0, limits.critical)), "How many values are stored in the bucket")
            if let key = invocation[key] { try await look(for: key, in: bucket, &result) }
            judge(values, limits, &result)
            result.measure("bytes", Double(info.state.bytes), unit: "B", "Bytes stored in the bucket")
            result.measure("replicas", Double(info.configuration.replicas))
        }
    }

    private static func look(for key: String, in bucket: KeyValueBucket, _ result: inout CheckResult) async throws {
        do {
            _ = try await bucket.get(key)
            result.ok("key \(key) found")
        } catch let error where error.code == .keyNotFound {
            result.critical("key \(key) not found")
        } catch {
            result.critical("key \(key) not loaded: \(error)")
        }
    }

    private static func judge(_ values: Int, _ limits: (warning: Int, critical: Int), _ result: inout CheckResult) {
        guard limits.warning > -1 || limits.critical > -1 else { return }
        let isInverted = limits.critical < limits.warning
        func isBeyond(_ limit: Int) -> Bool { limit > -1 && (isInverted ? values <= limit : values >= limit) }
        if isBeyond(limits.critical) {
            result.critical("\(values) values")
        } else if isBeyond(limits.warning) {
            result.warn("\(values) values")
        } else {
            result.ok("\(values) values")
        }
    }
}
