import NATSClient
import NATSWire

/// `nats stream gaps`: which messages between the first and the last were deleted.
enum StreamGapsCommand {
    static let json = Flag.toggle("json", "Print a JSON document")

    static let spec = CommandSpec(
        name: "gaps",
        help: "Detect gaps in the stream content that would be reported as deleted messages",
        arguments: [StreamCommand.name.spec],
        flags: [StreamCommand.force.spec, StreamBackupCommand.progress.spec, json.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let (name, state) = try await invocation.withJetStream { jetStream in
            let stream = try await invocation.pickStream(invocation[StreamCommand.name], jetStream)
            return (stream.name, try await stream.info(includesDeleted: true).state)
        }
        let gaps = gaps(state.deleted.sorted())
        guard !invocation[json] else {
            invocation.print(json: gaps.map { [$0.lowerBound, $0.upperBound] }.json)
            return
        }
        guard !gaps.isEmpty else {
            invocation.console.print("No deleted messages in \(name)")
            return
        }
        var table = Table("Gaps in stream \(name)", header: ["First Message", "Last Message", "Count"])
        for gap in gaps {
            table.add([
                Humanized.count(gap.lowerBound), Humanized.count(gap.upperBound), Humanized.count(gap.count),
            ])
        }
        invocation.print(table)
    }

    /// Neighbours as one range.
    private static func gaps(_ deleted: [Int]) -> [ClosedRange<Int>] {
        var gaps: [ClosedRange<Int>] = []
        for sequence in deleted {
            if let last = gaps.last, last.upperBound == sequence - 1 {
                gaps[gaps.count - 1] = last.lowerBound...sequence
            } else {
                gaps.append(sequence...sequence)
            }
        }
        return gaps
    }
}
