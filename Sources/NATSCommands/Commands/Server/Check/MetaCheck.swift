import GoFormats
import NATSClient

/// `nats server check meta`: whether the group that leads a JetStream cluster is whole.
enum MetaCheck {
    static let expect = Flag.unsigned("expect", "How many servers there must be", placeholder: "SERVERS")
    static let lag = Flag.unsigned("lag-critical", "Critical if a server is so far behind", placeholder: "OPS")
    static let seen = Flag.duration(
        "seen-critical", "Critical if a server was not heard of for so long", placeholder: "DURATION")

    static let spec = CommandSpec(
        name: "meta",
        aliases: ["raft"],
        help: "Check JetStream cluster state",
        flags: [expect.spec, lag.spec, seen.spec],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        guard let expected = invocation[expect] else { throw UsageError.missingRequiredFlag(name: "expect") }
        guard let maximumLag = invocation[lag] else { throw UsageError.missingRequiredFlag(name: "lag-critical") }
        guard let maximumAge = invocation[seen] else { throw UsageError.missingRequiredFlag(name: "seen-critical") }
        try await ServerCheckCommand.run(
            invocation, name: "JetStream Meta Cluster", suite: "meta", failure: "connection failed"
        ) { result, connection in
            let answer: ServerAnswer
            do {
                let message = try await connection.request(
                    "{\"leader_only\":true}", to: "$SYS.REQ.SERVER.PING.JSZ", timeout: .seconds(1))
                answer = ServerAnswer(document: try Invocation.document(of: message))
            } catch {
                result.critical("JSZ API request failed: \(error)")
                return
            }
            if let error = answer.error {
                result.critical("invalid result received: \(error)")
                return
            }
            guard let data = answer.data else {
                result.critical("no JSZ response received")
                return
            }
            guard let meta = data["meta_cluster"] as JSONDocument? else {
                result.critical("no cluster information")
                return
            }
            judge(meta, expected, maximumLag, maximumAge, &result)
        }
    }

    private static func judge(
        _ meta: JSONDocument,
        _ expected: Int,
        _ maximumLag: Int,
        _ maximumAge: Duration,
        _ result: inout CheckResult
    ) {
        guard !meta.text("leader").isEmpty else {
            result.critical("No leader")
            return
        }
        let peers = meta.documents("replicas")
        let count = peers.count + 1
        result.measure(
            "peers", Double(count), warning: Double(expected), critical: Double(expected), "Configured RAFT peers")
        if expected > 0, count != expected { result.critical("\(count) peers of expected \(expected)") }
        let offline = peers.count { $0.isTrue("offline") }
        let outdated = peers.count { !$0.isTrue("current") }
        let silent = peers.count { maximumAge > .zero && $0["active", default: Duration.zero] > maximumAge }
        let late = peers.count { maximumLag > 0 && $0.count("lag") > maximumLag }
        result.measure("peer_offline", Double(offline), "Offline RAFT peers")
        result.measure("peer_not_current", Double(outdated), "RAFT peers that are not current")
        result.measure("peer_inactive", Double(silent), "Inactive RAFT peers")
        result.measure(
            "peer_lagged", Double(late), "RAFT peers that are lagged more than configured threshold")
        if outdated > 0 { result.critical("\(outdated) not current") }
        if silent > 0 { result.critical("\(silent) inactive more than \(GoDuration.described(maximumAge))") }
        if offline > 0 { result.critical("\(offline) offline") }
        if late > 0 { result.critical("\(late) lagged more than \(maximumLag) ops") }
        if result.status == .ok { result.ok("\(count) peers led by \(meta.text("leader"))") }
    }
}
