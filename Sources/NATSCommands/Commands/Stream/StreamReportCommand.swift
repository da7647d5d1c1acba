import GoFormats
import NATSClient

/// `nats stream report`: numbers of all streams.
enum StreamReportCommand {
    static let subject = Flag.text("subject", "Only streams that store the subject's messages")
    static let cluster = Flag.text("cluster", "Only streams in the cluster")
    static let byConsumers = Flag.toggle("consumers", short: "o", "Sort by consumers")
    static let byMessages = Flag.toggle("messages", short: "m", "Sort by messages")
    static let byName = Flag.toggle("name", short: "n", "Sort by name")
    static let byStorage = Flag.toggle("storage", short: "t", "Sort by storage")
    static let dot = Flag.text("dot", "Write a GraphViz graph of who copies from whom", placeholder: "FILE")
    static let leaders = Flag.toggle("leaders", short: "l", "Show which servers lead how many")
    static let raw = Flag.toggle("raw", short: "r", "Print plain numbers")

    static let spec = CommandSpec(
        name: "report",
        help: "Report on streams in numbers",
        flags: [
            subject.spec, cluster.spec, byConsumers.spec, byMessages.spec, byName.spec, byStorage.spec, raw.spec,
            dot.spec, leaders.spec,
        ],
        run: run
    )

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let console = invocation.console
        console.print("Obtaining Stream stats\n")
        var streams = try await invocation.withJetStream { try await $0.streams(subject: invocation[subject]) }
        if let name = invocation[cluster] {
            streams = streams.filter { $0.cluster?.name == name }
        }
        guard !streams.isEmpty else {
            console.print("No Streams defined")
            return
        }
        streams = sorted(streams, invocation)
        invocation.print(table(streams, isRaw: invocation[raw]))
        if streams.contains(where: { $0.configuration.mirror != nil || !$0.configuration.sources.isEmpty }) {
            invocation.print(replication(streams, isRaw: invocation[raw]))
        }
        if let path = invocation[dot] {
            try FileSystem.replace(path, with: Array(graph(streams).utf8), mode: 0o644)
        }
        if invocation[leaders] {
            let clusters = streams.compactMap(\.cluster).filter { !$0.leader.isEmpty }
            let counts = Dictionary(grouping: clusters) { $0.leader }
            invocation.print(
                LeaderTable.table(
                    counts.map { ($0.key, $0.value[0].name, $0.value.count) }, title: "Stream Leaders"))
        }
    }

    /// Streams as nodes, with an arrow from each to those that copy it.
    private static func graph(_ streams: [StreamInfo]) -> String {
        var lines = ["digraph  {"]
        for stream in streams {
            let name = stream.configuration.name
            lines.append("\t\(GoText.quoted(name));")
            func add(_ label: String, _ origin: StreamSourceInfo) {
                let arrow = GoText.quoted(origin.name) + "->" + GoText.quoted(name)
                lines.append("\t\(arrow)[label=\(GoText.quoted(label))];")
            }
            if let mirror = stream.mirror { add("Mirror", mirror) }
            for source in stream.sources { add("Source", source) }
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    private static func sorted(_ streams: [StreamInfo], _ invocation: Invocation) -> [StreamInfo] {
        func by<Key: Comparable>(_ key: (StreamInfo) -> Key) -> [StreamInfo] {
            streams.sorted { (key($0), $0.configuration.name) < (key($1), $1.configuration.name) }
        }
        if invocation[byConsumers] { return by { $0.state.consumers } }
        if invocation[byMessages] { return by { $0.state.messages } }
        if invocation[byName] { return by { $0.configuration.name } }
        if invocation[byStorage] { return by { $0.configuration.storage.rawValue } }
        return by { $0.state.bytes }
    }

    private static func table(_ streams: [StreamInfo], isRaw: Bool) -> Table {
        func count(_ number: Int) -> String { isRaw ? String(number) : Humanized.count(number) }
        func bytes(_ number: Int) -> String { isRaw ? String(number) : Humanized.bytes(number) }
        var table = Table(
            "Stream Report",
            header: [
                "Stream", "Storage", "Placement", "Consumers", "Messages", "Bytes", "Lost", "Deleted", "API Level",
                "Replicas",
            ])
        for stream in streams {
            let configuration = stream.configuration
            var placement: [String] = []
            if let place = configuration.placement {
                if !place.cluster.isEmpty { placement.append("cluster: \(place.cluster)") }
                if !place.tags.isEmpty { placement.append("tags: \(place.tags.joined(separator: ", "))") }
            }
            table.add([
                configuration.name, configuration.storage == .file ? "File" : "Memory",
                placement.joined(separator: " "), count(stream.state.consumers), count(stream.state.messages),
                bytes(stream.state.bytes), "0", count(stream.state.deletedCount),
                configuration.metadata["_nats.req.level"] ?? "0", stream.cluster?.servers ?? "",
            ])
        }
        return table
    }

    private static func replication(_ streams: [StreamInfo], isRaw: Bool) -> Table {
        var table = Table(
            "Replication Report",
            header: [
                "Stream", "Kind", "API Prefix", "Source Stream", "Filters and Transforms", "Active", "Lag", "Error",
            ])
        for stream in streams {
            for (kind, origin) in (stream.mirror.map { [("Mirror", $0)] } ?? [])
                + stream.sources.map({ ("Source", $0) })
            {
                let transforms = origin.subjectTransforms.map { "\($0.source) to \($0.destination)" }
                let filter = origin.filterSubject.map { ["\($0) untransformed"] } ?? []
                let shown = kind == "Mirror" ? [] : transforms.isEmpty ? filter : transforms
                table.add([
                    stream.configuration.name, kind, origin.external?.apiPrefix ?? "", origin.name,
                    shown.joined(separator: ", "), origin.lastSeen,
                    isRaw ? String(origin.lag) : Humanized.count(origin.lag), "",
                ])
            }
        }
        return table
    }
}

extension ClusterInfo {
    /// The servers in short: the leader with a star, one that is behind or away with an exclamation mark.
    var servers: String {
        let followers = replicas.map { $0.name + ($0.isOffline || !$0.isCurrent ? "!" : "") }
        return ((leader.isEmpty ? [] : [leader + "*"]) + followers).sorted().joined(separator: ", ")
    }
}
