import JetStream
import NATSWire
import NIOCore
import Synchronization

/// The services of the system account, and those that every account has.
///
/// Source: https://docs.nats.io/running-a-nats-service/configuration/sys_accounts.
extension Broker {
    /// What the services named here are asked for, and how nats-server's messages call their options.
    private static let serverServices: [(name: String, options: String)] = [
        ("IDZ", ""), ("STATSZ", "StatszEventOptions"), ("VARZ", "VarzEventOptions"), ("SUBSZ", "SubszEventOptions"),
        ("CONNZ", "ConnzEventOptions"), ("ROUTEZ", "RoutezEventOptions"), ("GATEWAYZ", "GatewayzEventOptions"),
        ("LEAFZ", "LeafzEventOptions"), ("ACCOUNTZ", "AccountzEventOptions"), ("JSZ", "JszEventOptions"),
        ("HEALTHZ", "HealthzEventOptions"), ("PROFILEZ", "ProfilezEventOptions"), ("EXPVARZ", "ExpvarzEventOptions"),
        ("IPQUEUESZ", "IpqueueszEventOptions"), ("RAFTZ", "RaftzEventOptions"),
    ]
    private static let accountServices: [(name: String, options: String)] = [
        ("SUBSZ", "SubszEventOptions"), ("CONNZ", "ConnzEventOptions"), ("LEAFZ", "LeafzEventOptions"),
        ("JSZ", "JszEventOptions"), ("INFO", "AccInfoEventOptions"), ("STATZ", "AccountStatzEventOptions"),
        ("CONNS", "accNumConnsReq"),
    ]
    private static let commands = ["RELOAD", "KICK", "LDM"]

    /// Sets the services up in every account that has none yet.
    func installServices() {
        guard let systemAccount else { return }
        for account in accounts {
            guard system.withLock({ $0.services[account.name] == nil && !$0.isStopped }) else { continue }
            let client = client(inside: account)
            if account === systemAccount {
                installSystemServices(client)
            } else {
                for subject in ["$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.SERVER.PING.CONNZ"] {
                    serveAccount(client, subject, "CONNZ", "ConnzEventOptions") { _ in account.name }
                }
                serveAccount(client, "$SYS.REQ.ACCOUNT.PING.STATZ", "STATZ", "AccountStatzEventOptions") { _ in
                    account.name
                }
            }
            serve(client, "$SYS.REQ.USER.INFO") { broker, request in broker.answerUserInfo(request) }
        }
    }

    private func installSystemServices(_ client: Connection) {
        serve(client, "$SYS.REQ.SERVER.PING") { broker, request in
            broker.answerServer("STATSZ", "StatszEventOptions", request)
        }
        for service in Self.serverServices {
            for target in ["PING", serverID] {
                serve(client, "$SYS.REQ.SERVER.\(target).\(service.name)") { broker, request in
                    broker.answerServer(service.name, service.options, request)
                }
            }
        }
        for service in Self.accountServices {
            serveAccount(client, "$SYS.REQ.ACCOUNT.*.\(service.name)", service.name, service.options) { subject in
                String(subject.split(separator: ".")[3])
            }
        }
        serveAccount(client, "$SYS.REQ.ACCOUNT.PING.STATZ", "STATZ", "AccountStatzEventOptions") { _ in nil }
        for command in Self.commands {
            serve(client, "$SYS.REQ.SERVER.\(serverID).\(command)") { broker, request in
                broker.answerCommand(command, request)
            }
        }
        // Only a request that came through an account's own service says who asks.
        serve(client, "$SYS.REQ.USER.*.INFO") { broker, request in
            broker.respond(to: request, data: .object([.init("user", ""), .init("account", "")]))
        }
        serve(client, "$SYS.REQ.ACCOUNT.NSUBS") { broker, request in broker.answerSubscriberCount(request) }
        serve(client, "$SYS.DEBUG.SUBSCRIBERS") { broker, request in broker.answerSubscribers(request) }
    }

    /// - Parameter account: finds the account that a request is about by its subject; nil for all of them.
    private func serveAccount(
        _ client: Connection,
        _ pattern: String,
        _ name: String,
        _ options: String,
        _ account: @escaping @Sendable (String) -> String?
    ) {
        serve(client, pattern) { broker, request in
            broker.answerAccount(name, options, request, account(request.subject))
        }
    }

    private func serve(
        _ client: Connection,
        _ pattern: String,
        _ handler: @escaping @Sendable (Broker, ServiceRequest) -> Void
    ) {
        let name = client.account.name
        // The services that the account imports have the first numbers.
        let imported = client.account.serviceImports.count
        let sid = system.withLock { $0.services[name, default: []].count + 1 + imported }
        let service = client.serve(pattern, sid: sid) { [weak self] request in
            if let self { handler(self, request) }
        }
        system.withLock { $0.services[name, default: []].append(service) }
    }

    // MARK: Answering

    /// Reads a request's options, puts an answer together from all connections as they are now, and sends it.
    ///
    /// - Parameter make: throws ``ServiceOptions/Failure`` for options that cannot be read, anything else for those that
    ///   cannot be followed; returns nil to keep silent.
    func answer(
        _ request: ServiceRequest,
        _ type: String,
        _ make: @escaping @Sendable (ServiceOptions, [ConnectionSnapshot], JetStreamReport?) throws -> JSONValue?
    ) {
        guard !request.reply.isEmpty else { return }
        let options: ServiceOptions
        do throws(ServiceOptions.Failure) {
            options = try ServiceOptions(type, request.payload)
            guard isMeant(by: try ServerFilter(options)) else { return }
        } catch {
            respond(to: request, error: (400, error.description))
            return
        }
        let showsSubscriptions = type == "ConnzEventOptions" || type == "SubszEventOptions"
        let wanted =
            type == "JszEventOptions"
            ? (try? JszDocument(options))?.report : type == "HealthzEventOptions" ? HealthDocument.report : nil
        let gather = { @Sendable (loop: any EventLoop) in
            self.snapshots(on: loop, withSubscriptions: showsSubscriptions)
                .and(self.jetStreamReport(on: loop, wanted ?? ReportOptions()))
        }
        inTurn(request, gathering: gather) { open, streams in
            do {
                if let document = try make(options, open, streams) { self.respond(to: request, data: document) }
            } catch let error as ServiceOptions.Failure {
                self.respond(to: request, error: (400, error.description))
            } catch {
                self.respond(to: request, data: .null, error: (500, "\(error)"))
            }
        }
    }

    /// Calls `answer` with all connections as they are when it is the request's turn.
    func inTurn(
        _ request: ServiceRequest,
        withSubscriptions: Bool = false,
        _ answer: @escaping @Sendable ([ConnectionSnapshot]) -> Void
    ) {
        inTurn(request, gathering: { self.snapshots(on: $0, withSubscriptions: withSubscriptions) }, answer)
    }

    /// Calls `answer` with what `gather` finds out when it is the request's turn.
    func inTurn<Known: Sendable>(
        _ request: ServiceRequest,
        gathering gather: @escaping @Sendable (any EventLoop) -> EventLoopFuture<Known>,
        _ answer: @escaping @Sendable (Known) -> Void
    ) {
        requests.add(weight: request.payload.count + request.headers.count + request.reply.count) { done in
            gather(request.client.eventLoop).whenComplete { result in
                if let known = try? result.get() { answer(known) }
                // Behind the answer, which is published on that loop; and a little later where many wait, since a loop looks at
                // its sockets only when there is nothing else to do.
                let home = self.client(inside: request.account).eventLoop
                let pause = self.requests.isCrowded ? TimeAmount.microseconds(500) : .zero
                home.execute {
                    if pause == .zero { done() } else { home.scheduleTask(in: pause) { done() } }
                }
            }
        }
    }

    func isMeant(by filter: ServerFilter) -> Bool {
        let settings = settings
        return filter.includes(
            name: serverName, host: settings.host ?? "0.0.0.0", tags: settings.serverTags,
            domain: settings.jetStream?.streams.domain ?? "")
    }

    func respond(to request: ServiceRequest, data: JSONValue? = nil, error: (code: Int, text: String)? = nil) {
        var members: [JSONValue.Member] = [.init("server", serverDescription())]
        if let data { members.append(.init("data", data)) }
        if let error {
            var parts: [JSONValue.Member] = [.init("code", .int(Int64(error.code)))]
            if !error.text.isEmpty { parts.append(.init("description", .string(error.text))) }
            members.append(.init("error", .object(parts)))
        }
        send(.object(members), to: request, namesEncoding: HeaderLines.has("Accept-Encoding", in: request.headers))
    }

    /// Sends a document in the account in which it was asked for.
    ///
    /// - Parameter namesEncoding: whether it is said that the document is not compressed.
    func send(_ document: JSONValue, to request: ServiceRequest, namesEncoding: Bool = false) {
        guard !request.reply.isEmpty else { return }
        client(inside: request.account).publish(
            document.encoded(), to: request.reply, headers: namesEncoding ? HeaderLines.notCompressed : [])
    }
}
