import NATSWire
import NIOCore

/// The requests to one consumer, and the messages that they bring. Of one task at a time: iterators own it.
struct PullSource {
    let subscription: NATSSubscription
    private let consumer: String
    private let stream: StreamHandle
    private let settings: PullSettings
    /// Whether a lost connection or a missed heartbeat ends it, as ``JetStreamError/Code/consumerDeleted``: what got lost on
    /// the way can't be told, and is not delivered again where nothing is acknowledged.
    private let endsWhenInterrupted: Bool
    private var window: PullWindow
    private var refusals = 0

    private var connection: NATSConnection { stream.jetStream.connection }

    /// How often a request is made again that nobody answers, before the consumer counts as gone. A server that starts may
    /// need some seconds until its streams are there.
    private static let maximumRefusals = 60
    private static let refusalDelay = Duration.milliseconds(250)

    init(
        consumer: String,
        stream: StreamHandle,
        settings: PullSettings,
        endsWhenInterrupted: Bool = false
    ) throws(JetStreamError) {
        self.endsWhenInterrupted = endsWhenInterrupted
        self.consumer = consumer
        self.stream = stream
        self.settings = settings
        window = PullWindow(settings)
        let connection = stream.jetStream.connection
        do {
            subscription = try connection.subscribe(to: connection.newInbox(), noticesReconnects: true)
        } catch {
            throw .connection(error)
        }
    }

    /// Makes the one request of a fetch, and takes what it brings.
    func takeBatch() async throws(JetStreamError) -> [JetStreamMessage] {
        var source = self
        var batch: [JetStreamMessage] = []
        try await source.requestMore()
        let deadline = ContinuousClock.now + settings.expires + .seconds(settings.isWithoutWait ? 5 : 1)
        while !source.window.isExhausted {
            guard let message = try await source.receive(until: deadline) else { break }
            if let status = message.headers.status {
                switch source.window.received(status: status, message.headers) {
                case .goOn: continue
                case .noResponders: throw try await source.reasonForSilence()
                case .fail(let error):
                    guard batch.isEmpty else { return batch }
                    throw error
                }
            }
            source.window.received(message)
            batch.append(try JetStreamMessage(message, from: connection))
        }
        return batch
    }

    /// The next message of requests that go on for ever; `nil` when the task is cancelled.
    mutating func next() async throws(JetStreamError) -> JetStreamMessage? {
        while true {
            try await requestMore()
            guard let message = try await waitForMessage() else { continue }
            guard let status = message?.headers.status else {
                guard let message else { return nil }
                refusals = 0
                window.received(message)
                return try JetStreamMessage(message, from: connection)
            }
            switch window.received(status: status, message?.headers ?? [:]) {
            case .goOn: refusals = 0
            case .noResponders: try await waitForServer()
            case .fail(let error): throw error
            }
        }
    }

    private mutating func requestMore() async throws(JetStreamError) {
        guard let body = window.nextRequest() else { return }
        let subject = "\(stream.jetStream.prefix).CONSUMER.MSG.NEXT.\(stream.name).\(consumer)"
        let payload = ByteBuffer(bytes: JSONValue.object(body.members).encoded())
        do {
            try await connection.publish(payload, to: subject, replyTo: subscription.subject)
        } catch {
            throw .connection(error)
        }
    }

    /// - Returns: the message or status; `.some(nil)` for the end; `nil` if the requests have to be made again.
    private mutating func waitForMessage() async throws(JetStreamError) -> NATSMessage?? {
        do {
            return .some(try await subscription.next(timeout: settings.heartbeat * 2))
        } catch let error where error.code == .disconnected || error.code == .timeout {
            guard !endsWhenInterrupted else { throw JetStreamError(.consumerDeleted, "nats: consumer interrupted") }
            window.reset()
            if error.code == .timeout, connection.connectedServer != nil {
                try await lookAfterConsumer()
            }
            return nil
        } catch {
            throw .connection(error)
        }
    }

    private func receive(until deadline: ContinuousClock.Instant) async throws(JetStreamError) -> NATSMessage? {
        let patience = settings.heartbeat > .zero ? settings.heartbeat * 2 : .seconds(3600)
        do {
            return try await subscription.next(timeout: min(max(deadline - .now, .zero), patience))
        } catch let error where error.code == .timeout || error.code == .disconnected {
            return nil
        } catch {
            throw .connection(error)
        }
    }

    /// Throws if the consumer does not exist. That nothing can be learned about it now is no reason to give up.
    private func lookAfterConsumer() async throws(JetStreamError) {
        // The failure is looked at after the `catch`: patterns with conditions there end the optimizer of Swift 6.3.
        let failure: JetStreamError
        do {
            _ = try await stream.consumerInfo(consumer)
            return
        } catch {
            failure = error
        }
        if failure.serverCode == .consumerNotFound || failure.serverCode == .streamNotFound {
            throw failure.recoded(.consumerDeleted)
        }
        let cause = failure.connectionError?.code
        if failure.code == .connection, cause != .timeout { throw failure }
    }

    private mutating func waitForServer() async throws(JetStreamError) {
        guard !endsWhenInterrupted else { throw JetStreamError(.consumerDeleted, "nats: consumer interrupted") }
        try await lookAfterConsumer()
        refusals += 1
        guard refusals < Self.maximumRefusals else { throw .notEnabled }
        try await JetStream.pause(Self.refusalDelay)
    }

    private func reasonForSilence() async throws(JetStreamError) -> JetStreamError {
        try await lookAfterConsumer()
        return .notEnabled
    }
}
