import NATSAccounts
import JetStream
import NATSSubjects
import NATSWire
import NIOCore

/// Messages for streams.
extension Connection {
    /// Hands a message over to the worker of the account that the subscription is in. The worker is told when everything that
    /// came with it has been read.
    func hand(_ message: OutgoingMessage, to target: MessageIntake.Target, in account: Account) {
        var asker: MessageIntake.Asker?
        if target.purpose == .request {
            asker = describedAsker(in: account)
        } else if target.purpose == .acknowledgement, message.reply.count > 0 {
            asker = MessageIntake.Asker(client: self, description: nil)
        }
        let isForeign = account !== self.account && message.headerSize > 0
        let outcome =
            isForeign
            ? message.withoutRequestInfo { target.worker.intake.take($0, for: target.purpose, from: asker) }
            : target.worker.intake.take(message, for: target.purpose, from: asker)
        if outcome.mustWake { workersToWake.append(target.worker) }
        if outcome.isFull { mustStall = true }
    }

    /// What the subjects of acknowledgements begin with.
    static let acknowledgements: StaticString = "$JS.ACK."

    /// Hands an acknowledgement over where nobody but the account's streams can be interested in it. Its subject never comes again, so
    /// it is neither matched nor remembered.
    ///
    /// - Returns: false for other messages, and for what is to be looked at more closely.
    func handAcknowledgement(
        _ frame: PublishFrame,
        _ bytes: UnsafeRawBufferPointer,
        _ subject: UnsafeRawBufferPointer,
        _ generation: UInt64
    ) -> Bool {
        guard subject.begins(with: Self.acknowledgements), frame.reply.isEmpty, frame.headerSize == 0, !hasPublishExtras
        else { return false }
        if routes.generation != generation { routes.move(to: generation) }
        let target: MessageIntake.Target?
        if let known = routes.acknowledgements {
            target = known
        } else {
            target = account.soleIntake(below: Array("$JS.ACK".utf8))
            routes.acknowledgements = .some(target)
        }
        guard let target, permissions?.canPublish(to: subject) ?? true else { return false }
        let message = OutgoingMessage(
            head: UnsafeRawBufferPointer(rebasing: bytes[frame.subject.lowerBound - 4...frame.subject.upperBound]),
            tail: UnsafeRawBufferPointer(rebasing: bytes[frame.body..<frame.body + frame.size + 2]),
            reply: UnsafeRawBufferPointer(start: nil, count: 0), headerSize: 0, size: frame.size)
        hand(message, to: target, in: account)
        return true
    }

    private static let auditSubject = "$JS.EVENT.ADVISORY.API"

    private func describedAsker(in account: Account) -> MessageIntake.Asker {
        let wantsDescription = broker.isWanted(Self.auditSubject, in: account)
        return MessageIntake.Asker(
            client: self, description: wantsDescription ? auditDescription : nil)
    }

    /// The client as audit advisories show it.
    private var auditDescription: JSONValue {
        let info = requestInfo(isDetailed: true)
        return info.document
    }

    /// Tells the client that nobody answers its request. Safe from every thread.
    func reportNoResponders(_ reply: [UInt8], _ subject: [UInt8]) {
        eventLoop.execute {
            guard self.noResponders, self.closeReason == nil else { return }
            reply.withUnsafeBytes { reply in
                subject.withUnsafeBytes { self.answerNoResponders(reply, $0) }
            }
            self.wakeReceivers()
        }
    }

    // MARK: Messages from streams

    /// Delivers what a stream sends to those who don't have a plain subscription of this account.
    ///
    /// - Parameter shown: the subject that receivers see.
    func deliverRest(
        _ message: OutgoingMessage,
        on subject: UnsafeRawBufferPointer,
        shownAs shown: UnsafeRawBufferPointer
    ) {
        var match = account.match(subject)
        let extras = match.takeExtras(subject, account.responses)
        _ = deliver(message, toGroups: match.groups)
        guard let extras else { return }
        _ = deliver(message, extras, subject, shownAs: shown.elementsEqual(subject) ? nil : Array(shown))
    }
}

extension OutgoingMessage {
    /// The message without the header that tells a service of another account who asks.
    fileprivate func withoutRequestInfo<Result>(_ body: (OutgoingMessage) -> Result) -> Result {
        let start = tail.count - 2 - size
        let block = UnsafeRawBufferPointer(rebasing: tail[start..<start + headerSize])
        var kept = HeaderLines.removing(RequestInfo.header, from: block)
        if kept.count > 10 { kept += "\r\n".utf8 } else { kept = [] }
        let payload = kept + tail[(start + headerSize)...]
        let line = Array((headerSize > 0 && kept.isEmpty ? head[1...] : head[...]))
        return line.withUnsafeBytes { line in
            payload.withUnsafeBytes { payload in
                body(
                    OutgoingMessage(
                        head: line, tail: payload, reply: reply, headerSize: kept.count, size: payload.count - 2))
            }
        }
    }
}
