import NATSWire
import NIOCore

// MARK: - What the server sends

extension ConnectionStateMachine {
    /// Takes one frame that came over the socket of `attempt`, and appends to `actions` what is to be done.
    mutating func receive(_ frame: ServerFrame, attempt: Int, actions: inout [Action]) {
        guard attempt == self.attempt else { return }
        switch frame {
        case .message(let message):
            deliver(message, actions: &actions)
        case .ping:
            output.writeStaticString("PONG\r\n")
        case .pong:
            receivePong(actions: &actions)
        case .ok:
            break
        case .info(let document):
            receiveInfo(document, actions: &actions)
        case .error(let text):
            receiveError(text, actions: &actions)
        }
    }

    /// The server sent bytes that are no protocol.
    mutating func receiveGarbage(_ error: ServerFrameError, attempt: Int) -> [Action] {
        guard attempt == self.attempt else { return [] }
        let failure: NATSError =
            phase == .awaitingInfo
            ? .noInfo : NATSError(.protocolViolation, "nats: the server broke the protocol: \(error)")
        noteFatal(failure)
        return [.closeSocket(attempt: attempt)] + socketClosed(attempt: attempt, error: failure)
    }

    private mutating func deliver(_ message: ServerMessage, actions: inout [Action]) {
        let id = message.subscription
        guard var subscription = subscriptions[id] else { return }
        var headers = Headers()
        if let block = message.headerBlock {
            do {
                headers = Headers(block: try HeaderBlock(parsing: block))
            } catch {
                report(.badHeaders, actions: &actions)
            }
        }
        let delivered = NATSMessage(
            subject: message.subject,
            replyTo: message.replyTo,
            headers: headers,
            payload: message.payload
        )
        actions.append(.deliver(delivered, subscription: id))
        guard let maximum = subscription.maximum else { return }
        subscription.delivered += 1
        if subscription.delivered >= maximum {
            subscriptions[id] = nil
            actions.append(.finish(subscription: id, nil))
        } else {
            subscriptions[id] = subscription
        }
    }

    private mutating func receivePong(actions: inout [Action]) {
        pingsOutstanding = 0
        switch expectedPongs.popFirst() {
        case .handshake:
            actions += handshakeCompleted()
        case .flush(let id):
            actions.append(.completeFlush(id, nil))
        case .keepAlive, nil:
            break
        }
    }

    private mutating func receiveInfo(_ document: ByteBuffer, actions: inout [Action]) {
        let news: ServerInfo
        do {
            news = try ServerInfo(parsing: document)
        } catch {
            noteFatal(error)
            actions.append(.closeSocket(attempt: attempt))
            actions += socketClosed(attempt: attempt, error: error)
            return
        }
        let isFirst = phase == .awaitingInfo
        info = news
        let added = pool.merge(news.connectURLs, like: pool.current)
        guard isFirst else {
            if !added.isEmpty {
                actions.append(.emit(.discoveredServers(added)))
            }
            if news.isLameDuck {
                actions.append(.emit(.lameDuck))
            }
            return
        }
        secureOrConnect(news, actions: &actions)
    }

    /// The greeting has come: the socket is secured where that is asked for and not done yet.
    private mutating func secureOrConnect(_ info: ServerInfo, actions: inout [Action]) {
        guard let server = pool.current else { return }
        let isWanted = server.usesTLS || options.tls.isWanted
        // A WebSocket was secured, or was not, before HTTP began.
        let isSettled = server.usesWebSocket || options.tls.handshakeFirst
        if isSettled || !(isWanted || info.requiresTLS) {
            connect(info, actions: &actions)
        } else if info.requiresTLS || info.offersTLS {
            phase = .securing
            actions.append(.secure(server, attempt: attempt))
        } else {
            fail(.tlsUnavailable, actions: &actions)
        }
    }

    /// The handshake that ``Action/secure(_:attempt:)`` asked for is done.
    mutating func secured(attempt: Int) -> [Action] {
        guard attempt == self.attempt, phase == .securing, let info else { return [] }
        var actions: [Action] = []
        connect(info, actions: &actions)
        return actions
    }

    private mutating func fail(_ error: NATSError, actions: inout [Action]) {
        noteFatal(error)
        actions.append(.closeSocket(attempt: attempt))
        actions += socketClosed(attempt: attempt, error: error)
    }

    private mutating func connect(_ info: ServerInfo, actions: inout [Action]) {
        let credentials = pool.current?.credentials ?? options.credentials
        if case .key = credentials, info.nonce?.isEmpty ?? true {
            fail(.noKeyChallenge, actions: &actions)
            return
        }
        phase = .awaitingPong
        output.writeConnect(
            options: options,
            credentials: credentials,
            nonce: info.nonce ?? "",
            supportsHeaders: info.supportsHeaders
        )
        output.writeStaticString("PING\r\n")
        expectedPongs.append(.handshake)
    }

    private mutating func receiveError(_ text: String, actions: inout [Action]) {
        guard phase == .connected else {
            noteFatal(.fromServerWhileConnecting(text))
            actions.append(.closeSocket(attempt: attempt))
            actions += socketClosed(attempt: attempt, error: nil)
            return
        }
        let error = NATSError.fromServer(text)
        switch error.code {
        case .permissionsViolation:
            report(error, actions: &actions)
            refuse(error, text: text, actions: &actions)
        case .maximumSubscriptions:
            report(error, actions: &actions)
        default:
            // The server closes the connection after any other error; its words say why.
            noteFatal(error)
            actions.append(.emit(.error(error)))
        }
    }

    /// Ends the subscriptions, or fails the requests, that a permissions violation is about.
    private mutating func refuse(_ error: NATSError, text: String, actions: inout [Action]) {
        guard let subject = error.subject else { return }
        if text.contains("for Publish") {
            actions.append(.failRequests(subject: subject, error))
        }
        guard text.contains("for Subscription") else { return }
        let queue = text.quoted(after: "using queue ")
        for (id, subscription) in subscriptions.sorted(by: { $0.key < $1.key })
        where subscription.subject == subject && subscription.queue == queue {
            subscriptions[id] = nil
            actions.append(.finish(subscription: id, error))
        }
    }

    /// Makes an error known that belongs to no call.
    mutating func report(_ error: NATSError, actions: inout [Action]) {
        lastError = error
        actions.append(.emit(.error(error)))
    }
}
