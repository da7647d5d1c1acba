import NATSWire
import NIOCore
import NIOPosix
import Synchronization

// The shell around the state machine: sockets, timers, and the continuations of callers. Everything it does to its state
// happens under one lock, so that actions take effect in the order in which the machine decided on them. Channels are touched
// without the lock, on the event loop: what they do at once, such as closing, calls back for it.
extension NATSConnection {
    /// Changes the state, carries out the actions, and sees to it that new output is sent.
    func update<Failure: Error>(
        _ body: (inout State) throws(Failure) -> [ConnectionStateMachine.Action]
    ) throws(Failure) {
        try state.withLock { state throws(Failure) in
            let actions = try body(&state)
            for action in actions {
                perform(action, &state)
            }
            scheduleSending(&state)
        }
    }

    func received(_ frames: [ServerFrame], attempt: Int) {
        state.withLock { state in
            var actions: [ConnectionStateMachine.Action] = []
            for frame in frames {
                state.machine.receive(frame, attempt: attempt, actions: &actions)
                for action in actions {
                    perform(action, &state)
                }
                actions.removeAll(keepingCapacity: true)
            }
            scheduleSending(&state)
        }
    }

    func receivedGarbage(_ error: ServerFrameError, attempt: Int) {
        update { $0.machine.receiveGarbage(error, attempt: attempt) }
    }

    func socketClosed(attempt: Int, error: NATSError?) {
        update { $0.machine.socketClosed(attempt: attempt, error: error) }
    }

    func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: TimeAmount(delay), body)
    }

    private func perform(_ action: ConnectionStateMachine.Action, _ state: inout State) {
        switch action {
        case .deliver(let message, let subscription):
            deliver(message, subscription, &state)
        case .open(let server, let attempt):
            eventLoop.execute { self.open(server, attempt: attempt) }
        case .secure(let server, let attempt):
            guard let channel = state.channel else { return }
            eventLoop.execute { self.secure(channel, server, attempt: attempt) }
        case .closeSocket:
            guard let channel = state.channel else { return }
            state.channel = nil
            eventLoop.execute { channel.close(promise: nil) }
        case .wait(let delay, let attempt):
            _ = schedule(after: delay) { [weak self] in
                self?.update { $0.machine.delayElapsed(attempt: attempt) }
            }
        case .startPings(let attempt):
            schedulePing(attempt: attempt)
        case .finish(let subscription, let error):
            if subscription == state.requests.subscription {
                state.requests.failAll(error ?? .connectionClosed)
                state.requests.subscription = nil
            }
            state.mailboxes.removeValue(forKey: subscription)?.finish(error)
        case .failRequests(let subject, let error):
            state.requests.fail(subject: subject, error)
        case .completeFlush(let number, let error):
            state.flushes.removeValue(forKey: number)?.resume(returning: error)
        case .emit(let event):
            emit(event, &state)
        case .completeConnect(let error):
            state.connecting?.resume(returning: error)
            state.connecting = nil
        }
    }

    private func deliver(_ message: NATSMessage, _ subscription: Int, _ state: inout State) {
        if subscription == state.requests.subscription {
            state.requests.complete(message)
            return
        }
        guard let mailbox = state.mailboxes[subscription] else { return }
        if case .dropped(isFirst: true) = mailbox.offer(message) {
            state.machine.lastError = .slowConsumer
            emit(.error(.slowConsumer), &state)
        }
    }

    private func emit(_ event: ConnectionEvent, _ state: inout State) {
        for listener in state.listeners.values {
            listener.yield(event)
        }
        if case .reconnected = event {
            for mailbox in state.mailboxes.values {
                mailbox.noticeReconnect()
            }
        }
        if case .disconnected = event {
            // What they waited for to be sent is gone; what they publish next is held for the next connection.
            resumePublishers(&state)
        }
        guard event == .closed else { return }
        for listener in state.listeners.values {
            // Without the lock that is held here: ending a stream calls back to forget the listener.
            eventLoop.execute { listener.finish() }
        }
        state.requests.failAll(.connectionClosed)
        resumePublishers(&state)
    }

    // MARK: Sockets

    private func open(_ server: ServerAddress, attempt: Int) {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(options.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.fill(channel.pipeline.syncOperations, server, attempt: attempt)
                }
            }
        let timer = schedule(after: options.connectTimeout) { [weak self] in
            self?.update { $0.machine.attemptTimedOut(attempt: attempt) }
        }
        let opening: EventLoopFuture<any Channel> =
            if let address = try? SocketAddress(ipAddress: server.host, port: server.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: server.host, port: server.port)
            }
        opening.whenComplete { result in
            switch result {
            case .success(let channel):
                self.opened(channel, attempt: attempt)
                channel.closeFuture.whenComplete { _ in timer.cancel() }
            case .failure(let error):
                timer.cancel()
                self.socketClosed(attempt: attempt, error: .network(error, server: server))
            }
        }
    }

    func opened(_ channel: any Channel, attempt: Int) {
        update { state in
            guard attempt == state.machine.attempt else {
                eventLoop.execute { channel.close(promise: nil) }
                return []
            }
            state.channel = channel
            state.machine.socketOpened(attempt: attempt)
            return []
        }
    }

    private func schedulePing(attempt: Int) {
        _ = schedule(after: options.pingInterval) { [weak self] in
            guard let self else { return }
            update { $0.machine.pingIsDue(attempt: attempt) }
            if state.withLock({ $0.machine.attempt == attempt }) {
                schedulePing(attempt: attempt)
            }
        }
    }

    // MARK: Sending

    private func scheduleSending(_ state: inout State) {
        guard !state.isSendScheduled, state.channel != nil, state.machine.output.readableBytes > 0 else { return }
        state.isSendScheduled = true
        eventLoop.execute { self.sendOutput() }
    }

    /// Writes what gathered since the last time, in one go. Runs on the event loop.
    func sendOutput() {
        let sending: (channel: any Channel, output: ByteBuffer)? = state.withLock { state in
            state.isSendScheduled = false
            guard let channel = state.channel, channel.isWritable, let output = state.machine.takeOutput() else {
                return nil
            }
            resumePublishers(&state)
            return (channel, output)
        }
        if let (channel, output) = sending {
            channel.writeAndFlush(output, promise: nil)
        }
    }

    private func resumePublishers(_ state: inout State) {
        for publisher in state.waitingForRoom {
            publisher.resume()
        }
        state.waitingForRoom = []
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
