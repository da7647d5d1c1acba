import GoFormats
import NATSClient
import NATSWire

extension Invocation {
    /// Connects and gives JetStream to `body`, as flags and the context say; closes afterwards.
    func withJetStream<Result>(_ body: (JetStream) async throws -> Result) async throws -> Result {
        let connection = try await connect()
        defer { connection.close() }
        let result = try await body(try jetStream(over: connection))
        // Acknowledgements are on their way only.
        try? await connection.flush()
        return result
    }

    /// JetStream over a connection, as flags and the context say.
    func jetStream(over connection: NATSConnection) throws -> JetStream {
        let settings = try settings()
        let timeout = self[GlobalFlags.timeout]
        if !settings.jetstreamAPIPrefix.isEmpty {
            return connection.jetStream(prefix: settings.jetstreamAPIPrefix, timeout: timeout)
        }
        return connection.jetStream(
            domain: settings.jetstreamDomain.isEmpty ? nil : settings.jetstreamDomain, timeout: timeout)
    }

    /// Prints a document as natscli prints JSON: two blanks a level.
    func print(json: JSONValue) {
        console.print(bytes: json.encoded(pretty: true) + [0x0A])
    }

    /// The stream that is named, or picked by somebody at a terminal.
    ///
    /// - Throws: ``CommandError`` if there is no such stream, or nobody can be asked for its name.
    func pickStream(_ name: String?, _ jetStream: JetStream) async throws -> StreamHandle {
        let failure = "could not pick a Stream to operate on: "
        if let name {
            do {
                return try await jetStream.stream(name)
            } catch let error where error.serverCode == .streamNotFound {
                throw CommandError(failure + "unknown stream \(GoText.quoted(name))")
            } catch {
                throw CommandError(failure + "\(error)")
            }
        }
        guard Prompt.isPossible(console) else {
            throw CommandError(
                failure
                    + "cannot pick a Stream without a terminal and no Stream name supplied; give the argument <stream>")
        }
        let names = try await jetStream.streamNames().sorted()
        guard !names.isEmpty else { throw CommandError(failure + "no Streams are defined") }
        return try await jetStream.stream(
            try Prompt.choose("Select a Stream", from: names, argument: "stream", console: console))
    }

    /// The consumer that is named, or picked by somebody at a terminal.
    ///
    /// - Throws: ``CommandError`` if there is no such consumer, or nobody can be asked for its name.
    func pickConsumer(_ name: String?, _ stream: StreamHandle) async throws -> ConsumerInfo {
        let failure = "could not select Consumer: "
        if let name {
            do {
                return try await stream.consumerInfo(name)
            } catch let error where error.serverCode == .consumerNotFound {
                throw CommandError(
                    failure + "unknown consumer \(GoText.quoted(stream.name)) > \(GoText.quoted(name))")
            } catch {
                throw CommandError(failure + "\(error)")
            }
        }
        guard Prompt.isPossible(console) else {
            throw CommandError(
                failure + "cannot pick a Consumer without a terminal and no Consumer name supplied; "
                    + "give the argument <consumer>")
        }
        let names = try await stream.consumerNames().sorted()
        guard !names.isEmpty else {
            throw CommandError(failure + "no Consumers are defined for Stream \(stream.name)")
        }
        return try await stream.consumerInfo(
            try Prompt.choose("Select a Consumer", from: names, argument: "consumer", console: console))
    }

    /// Asks before something that can't be undone.
    func confirm(_ question: String, unless force: Flag<Bool>) throws -> Bool {
        try self[force] || Prompt.confirm(question, flag: "--force", console: console)
    }

    /// Prints a message's body as natscli does: an empty one is `nil body`, and empty lines follow.
    func print(body: String) {
        let text = body.isEmpty ? "nil body\n" : body
        console.print(bytes: Array((text.hasSuffix("\n") ? text : text + "\n\n").utf8))
        console.print()
    }
}

extension Dictionary where Key == String, Value == String {
    /// What is the owner's own, and not the server's.
    var withoutReserved: [String: String] {
        filter { !$0.key.hasPrefix("_nats.") }
    }

    /// Reads `K=V` and `K:V` as flags give them.
    init(pairs: [String], flag: String) throws(CommandError) {
        self.init()
        for pair in pairs {
            guard let separator = pair.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw CommandError("expected KEY=VALUE for \(flag), got \(GoText.quoted(pair))")
            }
            self[String(pair[..<separator])] = String(pair[pair.index(after: separator)...])
        }
    }
}

extension Report {
    /// What the server says about itself in metadata.
    mutating func addHost(_ metadata: [String: String]) {
        add("Host Version", ifAny: metadata["_nats.ver"])
        if let level = metadata["_nats.level"] {
            add("Required API Level", "\(metadata["_nats.req.level"] ?? "0") hosted at level \(level)")
        }
    }

    /// The servers of a cluster.
    mutating func add(_ cluster: ClusterInfo?, groupLabel: String) {
        guard let cluster, !cluster.name.isEmpty else { return }
        section("Cluster Information")
        add("Name", cluster.name)
        add(groupLabel, ifAny: cluster.document["raft_group"])
        add("Leader", cluster.leader)
        for peer in cluster.replicas {
            var parts = [peer.name, peer.isCurrent ? "current" : "outdated"]
            if peer.isOffline { parts.append("OFFLINE") }
            parts.append(peer.active > .zero ? "seen \(CommandDuration.humanized(peer.active)) ago" : "not seen")
            if peer.lag > 0 {
                parts.append("\(Humanized.count(peer.lag)) operation\(peer.lag == 1 ? "" : "s") behind")
            }
            add("Replica", parts.joined(separator: ", "))
        }
    }
}
