import GoFormats
import NATSWire

/// A consumer in a snapshot: its configuration and where it stands, as JSON.
struct SnapshotConsumer {
    var configuration: ConsumerConfiguration
    var state: ConsumerState

    init(configuration: ConsumerConfiguration, state: ConsumerState) {
        self.configuration = configuration
        self.state = state
    }

    /// - Parameter name: for messages about what is wrong.
    init(name: String, _ bytes: some Collection<UInt8>) throws(SnapshotProblem) {
        let shown = GoText.quoted(name)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: Array(bytes))
        } catch {
            throw SnapshotProblem(message: "failed to decode consumer \(shown) state: \(error.description)")
        }
        guard let config = value["config"], config != .null else {
            throw SnapshotProblem(message: "consumer \(shown) is missing config")
        }
        guard let state = value["state"], state != .null else {
            throw SnapshotProblem(message: "consumer \(shown) is missing state")
        }
        do throws(RequestProblem) {
            configuration = try ConsumerConfiguration(stored: config.encoded())
        } catch {
            throw SnapshotProblem(message: "failed to decode consumer \(shown) state: \(error.message)")
        }
        self.state = Self.state(state)
    }

    /// - Parameter last: the last sequence in the snapshot, behind which nothing can have been delivered.
    func json(upTo last: UInt64) -> JSONValue {
        func position(_ position: ConsumerState.Position) -> JSONValue {
            .object([
                .init("consumer_seq", .int(Int64(clamping: position.consumer))),
                .init("stream_seq", .int(Int64(clamping: min(position.stream, last)))),
            ])
        }
        var members: [JSONValue.Member] = [
            .init("delivered", position(state.delivered)), .init("ack_floor", position(state.acknowledged)),
        ]
        let pending = state.pending.filter { $0.key <= last }.sorted { $0.key < $1.key }.map { sequence, entry in
            JSONValue.Member(
                String(sequence),
                .object([
                    .init("Sequence", .int(Int64(clamping: entry.consumer))), .init("Timestamp", .int(entry.timestamp)),
                ]))
        }
        if !pending.isEmpty { members.append(.init("pending", .object(pending))) }
        let redelivered = state.redelivered.filter { $0.key <= last }.sorted { $0.key < $1.key }.map {
            JSONValue.Member(String($0.key), .int(Int64(clamping: $0.value)))
        }
        if !redelivered.isEmpty { members.append(.init("redelivered", .object(redelivered))) }
        return .object([.init("config", configuration.json), .init("state", .object(members))])
    }

    private static func state(_ value: JSONValue) -> ConsumerState {
        func position(_ name: String) -> ConsumerState.Position {
            .init(
                consumer: value[name]?["consumer_seq"]?.count ?? 0, stream: value[name]?["stream_seq"]?.count ?? 0)
        }
        var pending: [UInt64: ConsumerState.Pending] = [:]
        if case .object(let members) = value["pending"] {
            for member in members {
                guard let sequence = UInt64(member.key) else { continue }
                let time = member.value["Timestamp"]?.count ?? 0
                pending[sequence] = .init(
                    consumer: member.value["Sequence"]?.count ?? 0, timestamp: Int64(clamping: time))
            }
        }
        var redelivered: [UInt64: UInt64] = [:]
        if case .object(let members) = value["redelivered"] {
            for member in members {
                if let sequence = UInt64(member.key) { redelivered[sequence] = member.value.count }
            }
        }
        return ConsumerState(
            delivered: position("delivered"), acknowledged: position("ack_floor"), pending: pending,
            redelivered: redelivered)
    }
}

extension JSONValue {
    /// A number that counts something, `nil` for anything else.
    var count: UInt64? {
        if case .int(let number) = self { UInt64(exactly: number) } else { nil }
    }
}
