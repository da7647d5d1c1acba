import NATSWire

/// Parts of the settings as documents show them.
extension BrokerSettings {
    /// The switches that nats-server 2.15.1 has, with their defaults. They concern JetStream alone.
    private static let knownFlags = [
        "js_ack_fc_v2": false, "js_api_reply_v2": false, "js_raft_delete_range": true, "js_snapshot_sources": false,
    ]

    /// The feature flags, defaults filled in, by name.
    var featureFlagsDocument: JSONValue {
        let merged = Self.knownFlags.merging(featureFlags) { $1 }
        return .object(merged.sorted { $0.key < $1.key }.map { .init($0.key, .bool($0.value)) })
    }

    var metadataDocument: JSONValue {
        .object(serverMetadata.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
}
