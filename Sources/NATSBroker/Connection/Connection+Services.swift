import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

/// A message on its way through accounts.
struct PassedMessage {
    var subject: [UInt8]
    /// What receivers see in place of the subject, where a stream delivers.
    var shown: [UInt8]?
    /// Empty where nobody waits for an answer.
    var reply: [UInt8]
    /// Headers, payload and the closing line end.
    var body: UnsafeRawBufferPointer
    var headerSize: Int

    var headers: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: body[..<headerSize]) }
}

/// The services that a message has come through.
struct Passage {
    var exports: [ServiceExport?] = []
    /// Who asked, as the service before was told.
    var info: RequestInfo?
    /// Whether the import before lets the service know who asks.
    var isShared = false

    func hasPassed(_ export: ServiceExport?) -> Bool {
        exports.contains { $0 === export }
    }
}

/// Messages for subscriptions and services of other accounts, and the answers to them.
///
/// Everything here runs on the event loop of whoever published the message.
extension Connection {
    /// Delivers what goes another way than to plain subscriptions of the publisher's own account.
    ///
    /// - Parameter shown: what receivers see in place of the subject, where a stream delivers.
    func deliver(
        _ message: OutgoingMessage,
        _ extras: RouteExtras,
        _ subject: UnsafeRawBufferPointer,
        shownAs shown: [UInt8]? = nil
    ) -> Bool {
        var wasDelivered = extras.isAnswer
        for target in extras.imported where offer(message, to: target, shown != nil) { wasDelivered = true }
        for group in extras.groups where offer(message, toOneOf: group, shown != nil) { wasDelivered = true }
        guard !extras.services.isEmpty || extras.response != nil else { return wasDelivered }
        let passed = PassedMessage(
            subject: Array(subject), shown: shown, reply: Array(message.reply),
            body: UnsafeRawBufferPointer(rebasing: message.tail.suffix(message.size + 2)),
            headerSize: message.headerSize)
        for service in extras.services where ask(service, passed, Passage()) { wasDelivered = true }
        if let response = extras.response { answer(response, passed, Passage()) }
        return wasDelivered
    }

    /// - Parameter keepsHead: whether receivers see the subject that the message shows.
    private func offer(_ message: OutgoingMessage, to target: RouteExtras.Target, _ keepsHead: Bool) -> Bool {
        guard !keepsHead, let head = target.head else { return offer(message, to: target.subscription) }
        return head.withUnsafeBytes { head in
            var renamed = message
            renamed.head = message.headerSize > 0 ? head : UnsafeRawBufferPointer(rebasing: head[1...])
            return offer(renamed, to: target.subscription)
        }
    }

    private func offer(_ message: OutgoingMessage, toOneOf group: [RouteExtras.Target], _ keepsHead: Bool) -> Bool {
        let first = Int(truncatingIfNeeded: nextRandom() % UInt64(group.count))
        return (0..<group.count).contains { offer(message, to: group[(first + $0) % group.count], keepsHead) }
    }

    // MARK: Requests

    /// Passes a request on to the account that has the service.
    ///
    /// - Returns: whether anybody there took it.
    private func ask(_ service: ServiceImport, _ message: PassedMessage, _ passage: Passage) -> Bool {
        guard !passage.hasPassed(service.export) else { return false }
        let measurement = measurement(service, message)
        var pending: PendingResponse?
        var reply = message.reply
        if !reply.isEmpty, !reply.starts(with: "$JS.ACK.".utf8) {
            let response = expect(
                reply, from: service.exporter, in: service.importer, service.export, isShared: service.isShared,
                measurement)
            pending = response
            reply = response.subject
        }
        let info = requestInfo(for: service, passage)
        let headers = Self.headers(message.headers, adding: info)
        let body = headers + message.body[message.headerSize...]
        var next = passage
        next.exports.append(service.export)
        next.info = info
        next.isShared = service.isShared
        let wasDelivered = body.withUnsafeBytes { body in
            let passed = PassedMessage(
                subject: service.exporter.mapped(service.target(of: message.subject)), reply: reply, body: body,
                headerSize: headers.count)
            return deliver(passed, in: service.exporter, next)
        }
        if !wasDelivered, let pending { pending.abandon(.noResponders) }
        if message.reply.isEmpty, let measurement { measurement.publish(.badRequest, in: service.exporter) }
        return wasDelivered
    }

    /// Makes a reply subject for a service of `exporter`, whose answers will go to `reply` in `importer`.
    private func expect(
        _ reply: [UInt8],
        from exporter: Account,
        in importer: Account,
        _ export: ServiceExport?,
        isShared: Bool,
        _ measurement: LatencyMeasurement?
    ) -> PendingResponse {
        var subject = exporter.responses.makeSubject()
        if measurement != nil { subject += Array(".\(broker.serverID.suffix(8)).T".utf8) }
        let response = PendingResponse(
            exporter: exporter, subject: subject, importer: importer, reply: reply, export: export, isShared: isShared,
            measurement: measurement)
        exporter.responses.addOwed(response)
        importer.responses.addAwaited(response)
        if let export { exporter.watch(export, on: eventLoop) }
        return response
    }

    private func requestInfo(for service: ServiceImport, _ passage: Passage) -> RequestInfo {
        let isSystem = service.exporter.name == settings.systemAccount
        if var info = passage.info {
            info.service = service.importer.name
            if !passage.isShared, service.isShared || isSystem { info.server = broker.serverName }
            return info
        }
        var info = requestInfo(isDetailed: service.isShared)
        if isSystem { info.server = broker.serverName }
        return info
    }

    /// What is told about this client.
    func requestInfo(isDetailed: Bool) -> RequestInfo {
        var info = RequestInfo(account: account.name, roundTrip: roundTrip?.nanoseconds)
        guard isDetailed else { return info }
        info.server = broker.serverName
        let isToken = options.nkey.isEmpty && options.user.isEmpty && !options.token.isEmpty
        info.detail = RequestInfo.Detail(
            start: started, host: remoteHost, id: id,
            user: isToken ? "[REDACTED]" : options.nkey.isEmpty ? options.user : options.nkey, name: options.name,
            language: options.language, version: options.version, clientType: clientType)
        return info
    }

    /// `headers` with the request's information in place of any that was there.
    private static func headers(_ headers: UnsafeRawBufferPointer, adding info: RequestInfo) -> [UInt8] {
        var lines = headers.count > 2 ? HeaderLines.removing(RequestInfo.header, from: headers) : []
        if lines.isEmpty { lines = Array("NATS/1.0\r\n".utf8) }
        return lines + "\(RequestInfo.header): ".utf8 + info.document.encoded() + "\r\n\r\n".utf8
    }

    // MARK: Answers

    /// Passes an answer on to the account that asked.
    private func answer(_ response: PendingResponse, _ message: PassedMessage, _ passage: Passage) {
        guard !passage.hasPassed(response.export) else { return }
        if let measurement = response.takeMeasurement() {
            measurement.publish(.answered(by: requestInfo(isDetailed: true)), in: response.exporter)
        }
        var passed = message
        passed.subject = response.importer.mapped(response.reply)
        var pending: PendingResponse?
        if !message.reply.isEmpty, !message.reply.starts(with: "$JS.ACK.".utf8) {
            let next = expect(
                message.reply, from: response.importer, in: response.exporter, response.export,
                isShared: response.isShared, nil)
            pending = next
            passed.reply = next.subject
        }
        var next = passage
        next.exports.append(response.export)
        next.isShared = response.isShared
        let wasDelivered = deliver(passed, in: response.importer, next)
        response.noteUse()
        if !wasDelivered || response.isSingle || message.body.count == 2 { response.remove() }
        if !wasDelivered, let pending { pending.remove() }
    }

    /// Ends the wait for answers that go to `subscription` and to nobody else.
    func forgetAnswers(to subscription: Subscription) {
        let account = subscription.account
        guard !account.responses.isEmpty.load(ordering: .acquiring) else { return }
        let lost = account.responses.takeAwaited(by: subscription.subject) { !account.hasInterest(in: $0) }
        for response in lost { response.abandon(.interestLost) }
    }

    // MARK: Delivering in another account

    /// Delivers a message to everybody who is interested in it in `account`.
    ///
    /// Subscriptions that reach into it from other accounts are left out.
    private func deliver(_ message: PassedMessage, in account: Account, _ passage: Passage) -> Bool {
        message.subject.withUnsafeBytes { subject in
            var match = account.match(subject)
            let extras = match.takeExtras(subject, account.responses)
            let route = Route(subject: subject, hash: 0, mayPublish: true, plain: match.plain)
            let shown = message.shown.map { Array("HMSG ".utf8) + $0 + [0x20] } ?? Array(route.head)
            return message.withOutgoing(head: shown) { outgoing in
                var wasDelivered = deliver(outgoing, toGroups: match.groups)
                for subscription in match.plain where offer(outgoing, to: subscription) { wasDelivered = true }
                guard let extras else { return wasDelivered }
                for group in extras.groups {
                    let own = group.map(\.subscription).filter { $0.streamImport == nil }
                    if !own.isEmpty, deliver(outgoing, toGroups: [own]) { wasDelivered = true }
                }
                for service in extras.services where ask(service, message, passage) { wasDelivered = true }
                if let response = extras.response { answer(response, message, passage) }
                return wasDelivered || extras.isAnswer
            }
        }
    }

    // MARK: Latency

    private func measurement(_ service: ServiceImport, _ message: PassedMessage) -> LatencyMeasurement? {
        guard let export = service.export, let latency = export.latency,
            let headers = LatencySampling.sample(latency, message.headers)
        else { return nil }
        return LatencyMeasurement(
            subject: latency.subject, broker: broker, requestor: requestInfo(isDetailed: service.isShared),
            headers: headers)
    }
}

extension PassedMessage {
    /// The message as subscribers get it.
    ///
    /// - Parameter head: `HMSG subject `.
    fileprivate func withOutgoing<Result>(
        head: [UInt8],
        _ body: (OutgoingMessage) -> Result
    ) -> Result {
        var tail: [UInt8] = []
        if !reply.isEmpty { tail += reply + [0x20] }
        if headerSize > 0 { tail += "\(headerSize) ".utf8 }
        let size = self.body.count - 2
        tail += "\(size)\r\n".utf8
        tail += self.body
        return tail.withUnsafeBytes { tail in
            reply.withUnsafeBytes { reply in
                head.withUnsafeBytes { head in
                    body(
                        OutgoingMessage(
                            head: headerSize > 0 ? head : UnsafeRawBufferPointer(rebasing: head[1...]), tail: tail,
                            reply: reply, headerSize: headerSize, size: size))
                }
            }
        }
    }
}
