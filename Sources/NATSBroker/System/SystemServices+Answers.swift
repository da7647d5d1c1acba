import GoFormats
import JetStream
import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

/// What the services answer, one by one.
extension Broker {
    /// A request that was understood and cannot be followed, in nats-server's words.
    private struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// Answers `$SYS.REQ.SERVER.….name`.
    func answerServer(_ name: String, _ type: String, _ request: ServiceRequest) {
        switch name {
        case "IDZ":
            let host = settings.host ?? "0.0.0.0"
            send(
                .object([
                    .init("name", .string(serverName)), .init("host", .string(host)), .init("id", .string(serverID)),
                ]), to: request)
        case "STATSZ": answerStatistics(request, type)
        default:
            answer(request, type) { options, open, streams in
                try self.serverDocument(name, options, open, streams)
            }
        }
    }

    private func serverDocument(
        _ name: String,
        _ options: ServiceOptions,
        _ open: [ConnectionSnapshot],
        _ streams: JetStreamReport?
    ) throws -> JSONValue? {
        switch name {
        case "VARZ": return varz(open, streams)
        case "SUBSZ": return try SubszDocument(options).document(self, open: open)
        case "CONNZ": return try ConnzDocument(options).document(self, open: open)
        case "ROUTEZ":
            try options.check(bools: ["subscriptions", "subscriptions_detail"])
            return routez
        case "GATEWAYZ":
            try options.check(
                strings: ["name", "account_name"], bools: ["accounts", "subscriptions", "subscriptions_detail"])
            return gatewayz
        case "LEAFZ":
            try options.check(strings: ["account"], bools: ["subscriptions"])
            return leafz
        case "ACCOUNTZ": return try accountz(options.string("account"), open)
        case "JSZ": return try JszDocument(options).document(self, streams)
        case "HEALTHZ":
            var health = try HealthDocument(options)
            health.check(self, streams)
            return health.document(withStatus: true)
        case "EXPVARZ": return .object([.init("memstats", memoryStatistics), .init("cmdline", commandLine)])
        case "IPQUEUESZ": return try queues(options)
        case "RAFTZ":
            try options.check(strings: ["account", "group"])
            return .object([])
        default:
            let profile = try options.string("name")
            try options.check(ints: ["debug"])
            _ = try options.int("duration", as: "time.Duration")
            let reason = profile.isEmpty ? "Profile name not specified" : "Profile \"\(profile)\" not found"
            return .object([.init("profile", .null), .init("error", .string(reason))])
        }
    }

    /// The queue that requests like this one wait in, by nats-server's name for it. It has many more, which are mostly empty.
    private func queues(_ options: ServiceOptions) throws(ServiceOptions.Failure) -> JSONValue {
        let name = "System recvQ"
        let filter = try options.string("filter")
        try options.check(bools: ["all"])
        guard filter.isEmpty || name.contains(filter) else { return .object([]) }
        let waiting = JSONValue.int(Int64(requests.waitingCount))
        return .object([.init(name, .object([.init("pending", waiting), .init("in_progress", 1)]))])
    }

    /// Without a reply subject, statistics go where everybody can hear them.
    private func answerStatistics(_ request: ServiceRequest, _ type: String) {
        do throws(ServiceOptions.Failure) {
            guard isMeant(by: try ServerFilter(ServiceOptions(type, request.payload))) else { return }
        } catch {
            respond(to: request, error: (400, error.description))
            return
        }
        inTurn(request, gathering: { self.snapshots(on: $0).and(self.jetStreamReport(on: $0)) }) { open, streams in
            let document = self.statisticsDocument(open, streams)
            if request.reply.isEmpty {
                self.announce(document, on: "$SYS.SERVER.\(self.serverID).STATSZ")
            } else {
                self.send(document, to: request)
            }
        }
    }

    /// Answers `$SYS.REQ.ACCOUNT.….name` about one account, or about all of them.
    func answerAccount(_ name: String, _ type: String, _ request: ServiceRequest, _ account: String?) {
        if name == "CONNS" {
            do throws(ServiceOptions.Failure) {
                let named = try ServiceOptions(type, request.payload).string("acc")
                guard named.isEmpty || named == account else {
                    log.error("SYSTEM - Error unmarshalled account does not match subject")
                    return
                }
                answerConnectionCount(request, account ?? "")
            } catch {
                log.error("SYSTEM - Error unmarshalling account connections request message: \(error)")
            }
            return
        }
        answer(request, type) { options, open, streams in
            let account = account ?? ""
            switch name {
            case "SUBSZ":
                var document = try SubszDocument(options)
                document.showsSubscriptions = true
                document.account = account
                return document.document(self, open: open)
            case "CONNZ":
                var document = try ConnzDocument(options)
                document.account = account
                return try document.document(self, open: open)
            case "LEAFZ":
                try options.check(strings: ["account"], bools: ["subscriptions"])
                return self.leafz
            case "JSZ":
                _ = try JszDocument(options)
                guard let streams else { throw Refusal(description: "jetstream not enabled") }
                guard self.account(named: account) != nil else {
                    throw Refusal(description: "account \(GoText.quoted(account)) not found")
                }
                guard let report = streams.accounts.first(where: { $0.name == account }) else {
                    throw Refusal(description: "account \(GoText.quoted(account)) not jetstream enabled")
                }
                return JszDocument.detail(report)
            case "INFO": return try self.accountDetail(account, open)
            default:
                // The subject of a request about all accounts looks like one about an account of that name.
                if account == "PING" { return nil }
                let showsUnused = try options.bool("include_unused")
                let names = try account.isEmpty ? options.strings("accounts") : [account]
                let document = self.accstatz(names, showsUnused: showsUnused, open)
                let isEmpty = document["account_statz"] == .array([])
                return isEmpty && !showsUnused ? nil : document
            }
        }
    }

    /// `CONNS` has an answer of its own kind, and none for an account that nobody is connected to.
    private func answerConnectionCount(_ request: ServiceRequest, _ name: String) {
        guard !request.reply.isEmpty, account(named: name) != nil else { return }
        inTurn(request) { open in
            guard open.contains(where: { $0.account == name }) else { return }
            self.send(self.connectionCount(name, open), to: request)
        }
    }

    // MARK: Commands

    /// Answers `$SYS.REQ.SERVER.<id>.RELOAD`, `KICK` and `LDM`.
    func answerCommand(_ name: String, _ request: ServiceRequest) {
        switch name {
        case "RELOAD": reload(request)
        default:
            let wanted: Int
            do throws(ServiceOptions.Failure) {
                guard !request.payload.isEmpty else {
                    throw ServiceOptions.Failure(description: "unexpected end of JSON input")
                }
                wanted = try ServiceOptions("\(name == "KICK" ? "Kick" : "LDM")ClientReq", request.payload)
                    .int("cid", as: "uint64")
            } catch {
                log.error("SYSTEM - Error unmarshalling kick client request: \(error)")
                return
            }
            let failure = name == "KICK" ? kick(UInt64(wanted)) : nil
            if name == "LDM" {
                announceLameDuck(toClient: UInt64(wanted), request)
            } else if let failure {
                respond(to: request, error: (500, failure))
            } else {
                respond(to: request)
            }
        }
    }

    private func reload(_ request: ServiceRequest) {
        do throws(ServiceOptions.Failure) {
            guard isMeant(by: try ServerFilter(ServiceOptions("EventFilterOptions", request.payload))) else { return }
        } catch {
            respond(to: request, error: (400, error.description))
            return
        }
        let reload = system.withLock { $0.reload }
        Task {
            if let failure = await reload?() {
                self.respond(to: request, error: (500, failure))
            } else {
                self.respond(to: request)
            }
        }
    }

    /// - Returns: why not.
    private func kick(_ id: UInt64) -> String? {
        guard let connection = connection(id) else { return "no such client or leafnode id" }
        connection.eventLoop.execute { connection.close(.kicked) }
        return nil
    }

    private func announceLameDuck(toClient id: UInt64, _ request: ServiceRequest) {
        guard let connection = connection(id) else {
            respond(to: request, error: (500, "no such client id"))
            return
        }
        connection.eventLoop.execute {
            if connection.announceLameDuck() {
                self.respond(to: request)
            } else {
                let reason = "client does not support Lame Duck Mode or is not ready to receive the notification"
                self.respond(to: request, error: (500, reason))
            }
        }
    }

    // MARK: What a client may know about itself, and about interest

    /// Answers `$SYS.REQ.USER.INFO`.
    func answerUserInfo(_ request: ServiceRequest) {
        let client = request.client
        var members: [JSONValue.Member] = [
            .init("user", .string(client.userName ?? "")),
            .init("account", .string(client.account.name)),
            .init("account_name", .string(client.account.name)),
        ]
        if let permissions = client.permissions { members.append(.init("permissions", permissions.document)) }
        respond(to: request, data: .object(members))
    }

    /// Answers `$SYS.DEBUG.SUBSCRIBERS`: how many clients listen to a subject, and in a queue group.
    func answerSubscribers(_ request: ServiceRequest) {
        let words = request.payload.split(separator: 0x20, maxSplits: 1).map(Array.init)
        let group = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : nil
        answerCount(request, of: words.first ?? [], in: request.account) { group == nil || $0 == group }
    }

    /// Answers `$SYS.REQ.ACCOUNT.NSUBS`, which servers ask each other.
    func answerSubscriberCount(_ request: ServiceRequest) {
        guard !request.payload.isEmpty else {
            log.error("SYSTEM - request requires a body")
            return
        }
        do throws(ServiceOptions.Failure) {
            let options = try ServiceOptions("accNumSubsReq", request.payload)
            let (name, subject) = (try options.string("acc"), try options.string("subject"))
            let group = try options.base64("queue")
            guard let account = account(named: name) else { return }
            answerCount(request, of: Array(subject.utf8), in: account) { queue in
                group == nil || queue.map { Base64.encoded(Array($0.utf8)) } == group
            }
        } catch {
            log.error("SYSTEM - Error unmarshalling account nsubs request message: \(error)")
        }
    }

    /// - Parameter counts: whether a subscription in this queue group, or in none, is counted.
    private func answerCount(
        _ request: ServiceRequest,
        of subject: [UInt8],
        in account: Account,
        _ counts: @escaping @Sendable (String?) -> Bool
    ) {
        inTurn(request, withSubscriptions: true) { open in
            let count = open.flatMap(\.subscriptions).count { one in
                let pattern = Array(one.subject.utf8)
                let matches =
                    Subject.isLiteral(subject)
                    ? Subject.isMatched(subject, by: pattern) : Subject.isCovered(pattern, by: subject)
                return one.account == account.name && matches && counts(one.queue)
            }
            self.send(.int(Int64(count)), to: request)
        }
    }
}
