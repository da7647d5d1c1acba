import NATSWire
import NIOCore

/// What a connection knows and decides, without sockets, clocks and locks.
///
/// Each input returns what the shell must do, in order. Frames to send gather in ``takeOutput()``. An *attempt* numbers
/// the sockets, so that a late event of an old one is told apart and ignored.
struct ConnectionStateMachine: Sendable {
    enum Phase: Hashable, Sendable {
        case idle
        /// The socket is being opened.
        case opening
        /// The socket is open; the server speaks first.
        case awaitingInfo
        /// The greeting has come, and the socket is being secured.
        case securing
        /// CONNECT and PING are sent.
        case awaitingPong
        case connected
        /// Between two rounds of attempts.
        case waiting
        case closed
    }

    /// What the shell must do.
    enum Action: Hashable, Sendable {
        case open(ServerAddress, attempt: Int)
        /// Begin a TLS handshake on the open socket, and call ``secured(attempt:)`` after it.
        case secure(ServerAddress, attempt: Int)
        case closeSocket(attempt: Int)
        /// Call ``delayElapsed(attempt:)`` after the time.
        case wait(Duration, attempt: Int)
        case startPings(attempt: Int)
        /// Hand a message to the subscription.
        case deliver(NATSMessage, subscription: Int)
        /// The subscription gets no more messages.
        case finish(subscription: Int, NATSError?)
        /// Publishing to the subject is not allowed: requests to it can't be answered.
        case failRequests(subject: String, NATSError)
        case completeFlush(Int, NATSError?)
        case emit(ConnectionEvent)
        /// The very first connection stands, or can't be had.
        case completeConnect(NATSError?)
    }

    struct Subscription: Hashable, Sendable {
        var subject: String
        var queue: String?
        var maximum: Int?
        var delivered = 0
        /// Whether UNSUB is sent and what is still under way is delivered.
        var isDraining = false
    }

    enum Pong: Hashable, Sendable {
        case handshake
        case keepAlive
        case flush(Int)
    }

    let options: ConnectionOptions
    var phase = Phase.idle
    var attempt = 0
    var pool: ServerPool
    var info: ServerInfo?
    var subscriptions: [Int: Subscription] = [:]
    var expectedPongs = CircularBuffer<Pong>()
    var pingsOutstanding = 0
    var lastError: NATSError?
    var output = ByteBuffer()
    /// Publishes of the time without a connection.
    var held = ByteBuffer()
    var refusesSubscriptions = false
    var refusesPublishes = false
    private var lastSubscription = 0
    private var hasConnected = false
    private var round = 0
    private var roundStart: ServerAddress?
    private var attemptError: NATSError?

    init(options: ConnectionOptions) {
        self.options = options
        pool = ServerPool(options.servers)
    }

    /// The frames that are to be sent, which the machine then forgets. `nil` if there are none.
    mutating func takeOutput() -> ByteBuffer? {
        guard output.readableBytes > 0 else { return nil }
        defer { output = ByteBuffer() }
        return output
    }

    mutating func nextSubscription() -> Int {
        lastSubscription += 1
        return lastSubscription
    }
}

// MARK: - Connecting

extension ConnectionStateMachine {
    /// Begins the first round of attempts.
    mutating func start() -> [Action] {
        guard phase == .idle else { return [] }
        guard !pool.isEmpty else { return close(.noServers) + [.completeConnect(.noServers)] }
        roundStart = pool.current
        return openCurrent()
    }

    mutating func socketOpened(attempt: Int) {
        guard attempt == self.attempt, phase == .opening else { return }
        phase = .awaitingInfo
    }

    /// The socket of `attempt` is gone, or never came up.
    mutating func socketClosed(attempt: Int, error: NATSError?) -> [Action] {
        guard attempt == self.attempt else { return [] }
        switch phase {
        case .opening, .awaitingInfo, .securing, .awaitingPong:
            return attemptFailed(attemptError ?? error ?? .endOfStream)
        case .connected:
            return connectionLost(attemptError ?? error ?? .endOfStream)
        case .idle, .waiting, .closed:
            return []
        }
    }

    /// The time for one attempt is up.
    mutating func attemptTimedOut(attempt: Int) -> [Action] {
        guard attempt == self.attempt, [.opening, .awaitingInfo, .securing, .awaitingPong].contains(phase) else {
            return []
        }
        return [.closeSocket(attempt: attempt)] + attemptFailed(.timeout)
    }

    /// The wait that ``Action/wait(_:attempt:)`` asked for is over.
    mutating func delayElapsed(attempt: Int) -> [Action] {
        guard attempt == self.attempt, phase == .waiting else { return [] }
        roundStart = pool.current
        return openCurrent()
    }

    /// It is time to check the connection.
    mutating func pingIsDue(attempt: Int) -> [Action] {
        guard attempt == self.attempt, phase == .connected else { return [] }
        guard pingsOutstanding < options.maximumPingsOutstanding else {
            lastError = .staleConnection
            return [.closeSocket(attempt: attempt)] + connectionLost(.staleConnection)
        }
        pingsOutstanding += 1
        expectedPongs.append(.keepAlive)
        output.writeStaticString("PING\r\n")
        return []
    }

    /// Ends the connection for good.
    mutating func close(_ error: NATSError?) -> [Action] {
        guard phase != .closed else { return [] }
        var actions: [Action] = [.closeSocket(attempt: attempt)]
        attempt += 1
        phase = .closed
        if let error {
            lastError = error
        }
        actions += failFlushes(.connectionClosed)
        for subscription in subscriptions.keys.sorted() {
            actions.append(.finish(subscription: subscription, error == nil ? nil : .connectionClosed))
        }
        subscriptions = [:]
        held = ByteBuffer()
        actions.append(.emit(.closed))
        return actions
    }

    private mutating func openCurrent() -> [Action] {
        guard let server = pool.current else { return close(.noServers) }
        attempt += 1
        attemptError = nil
        phase = .opening
        expectedPongs = []
        pingsOutstanding = 0
        output = ByteBuffer()
        return [.open(server, attempt: attempt)]
    }

    private mutating func attemptFailed(_ error: NATSError) -> [Action] {
        let isRepeated = pool.noteFailure(error, maximum: hasConnected ? options.reconnection?.maximumAttempts : nil)
        lastError = error
        if pool.isEmpty {
            return giveUp(.noServers)
        }
        if hasConnected, isRepeated, options.reconnection?.continuesAfterAuthorizationErrors != true {
            return giveUp(error)
        }
        guard pool.advance(from: roundStart) else { return openCurrent() }
        guard hasConnected, let reconnection = options.reconnection else { return giveUp(error) }
        let delay = reconnection.delay(round)
        round += 1
        attempt += 1
        phase = .waiting
        return [.emit(.reconnectFailed(error, nextAttemptIn: delay)), .wait(delay, attempt: attempt)]
    }

    private mutating func giveUp(_ error: NATSError) -> [Action] {
        hasConnected ? close(error) : close(error) + [.completeConnect(error)]
    }

    private mutating func connectionLost(_ error: NATSError?) -> [Action] {
        var actions = failFlushes(.disconnected)
        actions.append(.emit(.disconnected(error)))
        guard options.reconnection != nil, !refusesSubscriptions else {
            return actions + close(error)
        }
        attempt += 1
        phase = .waiting
        round = 0
        output = ByteBuffer()
        pool.startAfterCurrent()
        // The first attempt follows at once: most often a server is only restarted.
        actions.append(.wait(.zero, attempt: attempt))
        return actions
    }

    private mutating func failFlushes(_ error: NATSError) -> [Action] {
        defer { expectedPongs = [] }
        return expectedPongs.compactMap { pong in
            if case .flush(let id) = pong { .completeFlush(id, error) } else { nil }
        }
    }

    /// The server welcomed the connection: everything the user asked for goes out again.
    mutating func handshakeCompleted() -> [Action] {
        guard let server = pool.current else { return [] }
        phase = .connected
        pool.noteSuccess()
        round = 0
        for (id, subscription) in subscriptions.sorted(by: { $0.key < $1.key }) {
            output.writeSubscribe(subject: subscription.subject, queue: subscription.queue, subscription: id)
            if let maximum = subscription.maximum {
                output.writeUnsubscribe(subscription: id, after: max(1, maximum - subscription.delivered))
                subscriptions[id]?.maximum = max(1, maximum - subscription.delivered)
                subscriptions[id]?.delivered = 0
            }
        }
        output.writeBuffer(&held)
        held = ByteBuffer()
        defer { hasConnected = true }
        return [
            .startPings(attempt: attempt),
            .emit(hasConnected ? .reconnected(server) : .connected(server)),
        ] + (hasConnected ? [] : [.completeConnect(nil)])
    }

    /// An error of the server that it will close the connection after.
    mutating func noteFatal(_ error: NATSError) {
        attemptError = error
        lastError = error
    }
}
