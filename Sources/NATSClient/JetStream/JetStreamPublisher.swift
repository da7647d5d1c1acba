public import NIOCore
import Synchronization

/// Publishes without waiting for each acknowledgement, which is many times faster, and never has more messages under way
/// than its window allows.
///
/// ```swift
/// let publisher = jetStream.publisher(window: 512)
/// for reading in readings {
///     try await publisher.publish(reading, to: "enterprise.line1")
/// }
/// try await publisher.finish()
/// ```
///
/// Messages are stored in the order in which one task publishes them.
public final class JetStreamPublisher: Sendable {
    private struct UnderWay {
        var token: String
        var deadline: ContinuousClock.Instant
        var ticket: PublishTicket
    }

    private struct State {
        var count = 0
        var underWay = CircularBuffer<UnderWay>()
        var isTimerSet = false
        var waitingForRoom = CircularBuffer<CheckedContinuation<Void, Never>>()
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
        var failure: JetStreamError?
    }

    /// How many messages may be without acknowledgement.
    public let window: Int

    private let jetStream: JetStream
    // Lock order: the connection's lock may be held when this one is taken, never the other way round.
    private let state = Mutex(State())

    init(jetStream: JetStream, window: Int) {
        self.jetStream = jetStream
        self.window = max(1, window)
    }

    /// Publishes a message, as soon as the window has room for it.
    ///
    /// - Returns: what gives the acknowledgement to those who want to see it.
    /// - Throws: ``JetStreamError/Code/connection`` if the message can't be sent. Refusals show in the ticket and in
    ///   ``finish()``.
    @discardableResult
    public func publish(_ message: NATSMessage, options: PublishOptions = PublishOptions())
        async throws(JetStreamError) -> PublishTicket
    {
        await takeRoom()
        var message = message
        options.write(to: &message.headers)
        let ticket = PublishTicket()
        do {
            let token = try await jetStream.connection.startRequest(message) { outcome in
                self.complete(ticket, outcome)
            }
            watch(UnderWay(token: token, deadline: .now + jetStream.timeout, ticket: ticket))
            return ticket
        } catch {
            leaveRoom(nil)
            throw .connection(error)
        }
    }

    /// Publishes bytes to `subject`, as soon as the window has room for them.
    @discardableResult
    public func publish(
        _ payload: ByteBuffer,
        to subject: String,
        headers: Headers = [:],
        options: PublishOptions = PublishOptions()
    ) async throws(JetStreamError) -> PublishTicket {
        try await publish(NATSMessage(subject: subject, headers: headers, payload: payload), options: options)
    }

    /// Publishes text to `subject`, as soon as the window has room for it.
    @discardableResult
    public func publish(
        _ text: String,
        to subject: String,
        headers: Headers = [:],
        options: PublishOptions = PublishOptions()
    ) async throws(JetStreamError) -> PublishTicket {
        try await publish(ByteBuffer(string: text), to: subject, headers: headers, options: options)
    }

    /// How many messages are without acknowledgement now.
    public var pending: Int {
        state.withLock { $0.count }
    }

    /// Waits until every message is acknowledged or refused, or its time has run out.
    ///
    /// - Throws: the first failure of a message since the last call.
    public func finish() async throws(JetStreamError) {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.count == 0 {
                    continuation.resume()
                } else {
                    state.waitingForEnd.append(continuation)
                }
            }
        }
        let failure = state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
        if let failure {
            throw failure
        }
    }

    private func takeRoom() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.count < window {
                    state.count += 1
                    continuation.resume()
                } else {
                    state.waitingForRoom.append(continuation)
                }
            }
        }
    }

    /// Gives the room of one message to the next that waits for it.
    private func leaveRoom(_ failure: JetStreamError?) {
        state.withLock { state in
            state.failure = state.failure ?? failure
            if let next = state.waitingForRoom.popFirst() {
                next.resume()
                return
            }
            state.count -= 1
            guard state.count == 0 else { return }
            for waiter in state.waitingForEnd {
                waiter.resume()
            }
            state.waitingForEnd = []
        }
    }

    private func complete(_ ticket: PublishTicket, _ outcome: RequestTable.Outcome) {
        do {
            ticket.resolve(.success(try PublishAcknowledgement(answer: try outcome.get())))
            leaveRoom(nil)
        } catch {
            let failure =
                switch error {
                case let error as JetStreamError: error
                case let error as NATSError where error.code == .noResponders: JetStreamError.noStream
                case let error as NATSError: JetStreamError.connection(error)
                default: JetStreamError.badResponse("\(error)")
                }
            ticket.resolve(.failure(failure))
            leaveRoom(failure)
        }
    }

    // One timer for all: they have the same patience, so the first one published runs out first.
    private func watch(_ message: UnderWay) {
        let needsTimer = state.withLock { state in
            while state.underWay.first?.ticket.isResolved == true {
                state.underWay.removeFirst()
            }
            state.underWay.append(message)
            defer { state.isTimerSet = true }
            return !state.isTimerSet
        }
        if needsTimer {
            setTimer(at: message.deadline)
        }
    }

    private func setTimer(at deadline: ContinuousClock.Instant) {
        _ = jetStream.connection.schedule(after: deadline - .now) { [weak self] in
            self?.giveUpLate()
        }
    }

    private func giveUpLate() {
        let now = ContinuousClock.now
        let (late, next) = state.withLock { state in
            var late: [String] = []
            while let first = state.underWay.first, first.ticket.isResolved || first.deadline <= now {
                state.underWay.removeFirst()
                late.append(first.token)
            }
            state.isTimerSet = !state.underWay.isEmpty
            return (late, state.underWay.first?.deadline)
        }
        for token in late {
            jetStream.connection.endRequest(token, .timeout)
        }
        if let next {
            setTimer(at: next)
        }
    }
}

extension JetStream {
    /// A publisher that does not wait for each acknowledgement.
    ///
    /// - Parameter window: how many messages may be without acknowledgement; ``JetStreamPublisher/publish(_:options:)``
    ///   waits when there are as many.
    public func publisher(window: Int = 256) -> JetStreamPublisher {
        JetStreamPublisher(jetStream: self, window: window)
    }
}
