import NATSClient
import NATSWire

/// `nats server request`: what servers tell on their monitoring endpoints, as JSON, one line for each server.
enum ServerRequestCommand {
    static let limit = Flag.integer("limit", "How many records a server tells of", default: 2048)
    static let offset = Flag.integer("offset", "The first record", default: 0)
    static let wait = Argument.integer("wait", "How many servers to wait for", default: 0)

    static let spec = CommandSpec(
        name: "request",
        aliases: ["req"],
        help: "Request monitoring data from a specific server",
        flags: [
            limit.spec, offset.spec, ServerFilterFlags.name.spec, ServerFilterFlags.host.spec,
            ServerFilterFlags.cluster.spec, ServerFilterFlags.tags.spec,
        ],
        subcommands: [
            accountsSpec, connectionsSpec, gatewaysSpec, queuesSpec, healthSpec, jetStreamSpec, kickSpec,
            leafNodesSpec, ServerProfileCommand.spec, raftSpec, routesSpec, subscriptionsSpec, variablesSpec,
        ]
    )

    static let account = Flag.text("account", "Only this account")
    private static let subscriptions = Flag.toggle("subscriptions", "Show subscriptions too")
    private static let filterAccount = Flag.text("filter-account", "Only this account", placeholder: "ACCOUNT")
    private static let filterSubject = Flag.text(
        "filter-subject", "Only what the subject's messages go to", placeholder: "SUBJECT")

    private static let accountsSpec = endpoint(
        "accounts", ["accountz", "acct"], "Show account details", "ACCOUNTZ", [account.spec]
    ) { request, invocation in
        request["account"] = invocation[account]
    }

    private static let sort = Flag.text(
        "sort", "Order of the connections", default: "cid",
        kind: .choice([
            "cid", "start", "subs", "pending", "msgs_to", "msgs_from", "bytes_to", "bytes_from", "last", "idle",
            "uptime", "stop", "reason", "rtt",
        ]))
    private static let filterCID = Flag.unsigned("filter-cid", "Only the connection of this number", placeholder: "CID")
    private static let filterState = Flag.text(
        "filter-state", "Only connections in this state (open, closed, all)", default: "open",
        kind: .choice(["open", "closed", "all"]))
    private static let filterUser = Flag.text("filter-user", "Only connections of this user", placeholder: "USER")
    private static let filterEmpty = Flag.toggle("filter-empty", "Leave out servers without such connections")

    private static let connectionsSpec = endpoint(
        "connections", ["conn", "connz"], "Show connection details", "CONNZ",
        [
            sort.spec, subscriptions.spec, filterCID.spec, filterState.spec, filterUser.spec, filterAccount.spec,
            filterSubject.spec, filterEmpty.spec,
        ],
        isShown: { answer, invocation in
            !invocation[filterEmpty] || answer.data?.count("num_connections") ?? 0 > 0
        }
    ) { request, invocation in
        request["sort"] = invocation[sort]
        request["auth"] = true
        request["subscriptions"] = invocation[subscriptions]
        request["subscriptions_detail"] = invocation[subscriptions]
        request["offset"] = invocation[offset]
        request["limit"] = invocation[limit]
        request["cid"] = invocation[filterCID]
        request["state"] = connectionState(invocation[filterState])
        request["user"] = invocation[filterUser]
        request["acc"] = invocation[filterAccount]
        request["filter_subject"] = invocation[filterSubject]
    }

    /// The number by which servers know a state.
    static func connectionState(_ name: String) -> Int {
        name == "all" ? 2 : name == "closed" ? 1 : 0
    }

    private static let gatewayName = Argument.optional("filter-name", "Only the gateway of this name")
    private static let showAccounts = Flag.toggle("accounts", "Show accounts too")
    private static let accountSubscriptions = Flag.toggle(
        "subscriptions", "Show the account's subscriptions", isNegatable: true, default: true)

    private static let gatewaysSpec = endpoint(
        "gateways", ["gateway", "gwy", "gatewayz"], "Show gateway details", "GATEWAYZ",
        [filterAccount.spec, showAccounts.spec, accountSubscriptions.spec], arguments: [gatewayName.spec]
    ) { request, invocation in
        let ofAccount = invocation[filterAccount] != nil
        request["name"] = invocation[gatewayName]
        request["accounts"] = invocation[showAccounts] || ofAccount
        request["account_name"] = invocation[filterAccount]
        if ofAccount {
            request["subscriptions"] = invocation[accountSubscriptions]
            request["subscriptions_detail"] = invocation[accountSubscriptions]
        }
    }

    private static let allQueues = Flag.toggle("all", "Show all that there is", isNegatable: true, default: true)
    private static let queueFilter = Flag.text("filter", "Only queues of this name")

    private static let queuesSpec = endpoint(
        "ipqueue", ["ipq", "ipqueuesz"], "Show a server's internal queues", "IPQUEUESZ",
        [allQueues.spec, queueFilter.spec]
    ) { request, invocation in
        request["all"] = invocation[allQueues]
        request["filter"] = invocation[queueFilter]
    }

    private static let healthSpec = endpoint(
        "jetstream-health", ["healthz"], "Show whether JetStream is healthy", "HEALTHZ",
        HealthFlags.all + [HealthFlags.details.spec]
    ) { request, invocation in
        HealthFlags.fill(&request, invocation)
        request["details"] = invocation[HealthFlags.details]
    }

    private static let accounts = Flag.toggle("accounts", "Tell of accounts")
    private static let streams = Flag.toggle("streams", "Tell of streams")
    private static let consumers = Flag.toggle("consumer", "Tell of consumers")
    private static let configuration = Flag.toggle("config", "Tell of configurations")
    private static let raftGroups = Flag.toggle("raft", "Tell of RAFT groups")
    private static let leader = Flag.toggle("leader", "Ask the leader of the meta group only")
    private static let streamLeader = Flag.toggle("stream-leader", "Ask the leaders of streams only")
    private static let everything = Flag.toggle("all", "Tell of accounts, streams, consumers and configurations")

    private static let jetStreamSpec = endpoint(
        "jetstream", ["jsz", "js"], "Show JetStream details", "JSZ",
        [
            account.spec, accounts.spec, streams.spec, consumers.spec, configuration.spec, raftGroups.spec,
            leader.spec, streamLeader.spec, everything.spec,
        ]
    ) { request, invocation in
        request["account"] = invocation[account]
        for (key, flag) in [
            ("accounts", accounts), ("streams", streams), ("consumer", consumers), ("config", configuration),
            ("raft", raftGroups),
        ] {
            request[key] = invocation[flag] || invocation[everything]
        }
        request["leader_only"] = invocation[leader]
        request["stream_leader_only"] = invocation[streamLeader]
        request["offset"] = invocation[offset]
        request["limit"] = invocation[limit]
    }

    private static let leafNodesSpec = endpoint(
        "leafnodes", ["leaf", "leafz"], "Show leafnode details", "LEAFZ", [subscriptions.spec]
    ) { request, invocation in
        request["subscriptions"] = invocation[subscriptions]
    }

    private static let group = Flag.text("group", "Only this group")

    private static let raftSpec = endpoint(
        "raft", ["raftz"], "Show RAFT state details", "RAFTZ", [account.spec, group.spec]
    ) { request, invocation in
        request["account"] = invocation[account]
        request["group"] = invocation[group]
    }

    private static let routesSpec = endpoint(
        "routes", ["route", "routez"], "Show route details", "ROUTEZ", [subscriptions.spec]
    ) { request, invocation in
        request["subscriptions"] = invocation[subscriptions]
        request["subscriptions_detail"] = invocation[subscriptions]
    }

    private static let detail = Flag.toggle("detail", "Show every subscription")

    private static let subscriptionsSpec = endpoint(
        "subscriptions", ["sub", "subsz"], "Show subscription information", "SUBSZ",
        [detail.spec, filterAccount.spec, filterSubject.spec]
    ) { request, invocation in
        request["offset"] = invocation[offset]
        request["limit"] = invocation[limit]
        request["subscriptions"] = invocation[detail]
        request["account"] = invocation[filterAccount]
        request["test"] = invocation[filterSubject]
    }

    private static let variablesSpec = endpoint(
        "variables", ["var", "varz"], "Show runtime variables", "VARZ", []
    ) { _, _ in }

    private static let client = Argument.required("client", "The number of the connection to close")
    private static let serverID = Argument.required("server", "The ID of the server that has it")

    private static let kickSpec = CommandSpec(
        name: "kick",
        help: "Disconnect a client immediately",
        arguments: [client.spec, serverID.spec],
        run: { invocation in
            guard let number = GoNumber.unsigned(invocation[client]) else {
                throw CommandError("invalid client \(invocation[client]): give the number of a connection")
            }
            let connection = try await invocation.connect()
            defer { connection.close() }
            var request = JSONDocument()
            request["cid"] = number
            let answers = try await invocation.serverAnswers(
                connection, "SERVER.\(invocation[serverID]).KICK", request, .count(1))
            guard !answers.isEmpty else { throw CommandError("no responses received") }
            for answer in answers {
                invocation.print(json: answer.document.json)
            }
        }
    )

    /// A command that asks all servers one thing and prints their answers.
    private static func endpoint(
        _ name: String,
        _ aliases: [String],
        _ help: String,
        _ subject: String,
        _ flags: [FlagSpec],
        arguments: [ArgumentSpec] = [],
        isShown: @escaping @Sendable (ServerAnswer, Invocation) -> Bool = { _, _ in true },
        options: @escaping @Sendable (inout JSONDocument, Invocation) -> Void
    ) -> CommandSpec {
        CommandSpec(
            name: name,
            aliases: aliases,
            help: help,
            arguments: [wait.spec] + arguments,
            flags: flags,
            run: { invocation in
                let connection = try await invocation.connect()
                defer { connection.close() }
                var request = JSONDocument()
                options(&request, invocation)
                for answer in try await answers(connection, subject, request, invocation)
                where isShown(answer, invocation) {
                    invocation.print(line: answer.document.json)
                }
            }
        )
    }

    /// Asks the servers that the flags name, or all.
    static func answers(
        _ connection: NATSConnection,
        _ subject: String,
        _ request: JSONDocument,
        _ invocation: Invocation
    ) async throws -> [ServerAnswer] {
        var expected = invocation[wait]
        if expected == 0 {
            let namesOne = invocation[ServerFilterFlags.name] != nil || invocation[ServerFilterFlags.host] != nil
            expected = namesOne || invocation[leader] ? 1 : try await invocation.serverCount(connection)
        }
        let filtered = JSONDocument(request.members + invocation.serverFilter().members)
        return try await invocation.serverAnswers(connection, "SERVER.PING.\(subject)", filtered, AnswerLimit(expected))
    }
}

/// The flags of questions about a server's health.
enum HealthFlags {
    static let jetStreamEnabled = Flag.toggle(
        "js-enabled", short: "J", "JetStream must be enabled on all servers", isNegatable: true)
    static let serverOnly = Flag.toggle(
        "server-only", short: "S", "Look at the server alone, not at streams and consumers", isNegatable: true)
    static let stream = Flag.text("stream", "Only this stream")
    static let consumer = Flag.text("consumer", "Only this consumer")
    static let details = Flag.toggle("details", "Tell of all failures", isNegatable: true, default: true)

    static let all = [
        jetStreamEnabled.spec, serverOnly.spec, ServerRequestCommand.account.spec, stream.spec, consumer.spec,
    ]

    static func fill(_ request: inout JSONDocument, _ invocation: Invocation) {
        request["js-enabled-only"] = invocation[jetStreamEnabled]
        request["js-server-only"] = invocation[serverOnly]
        request["account"] = invocation[ServerRequestCommand.account]
        request["stream"] = invocation[stream]
        request["consumer"] = invocation[consumer]
    }
}
