import NATSWire

/// Reads a stream in order over consumers that are replaced when something got lost. Of one task at a time.
struct OrderedSource: Sendable {
    private let stream: StreamHandle
    private let options: OrderedOptions
    private let namePrefix = NUID.next()
    private var serial = 0
    private var current: (source: PullSource, lifetime: ConsumerLifetime)?
    private var order = DeliveryOrder()

    private static let maximumAttempts = 60
    private static let retryDelay = Duration.milliseconds(250)

    init(stream: StreamHandle, options: OrderedOptions) {
        self.stream = stream
        self.options = options
    }

    /// Makes the first consumer, unless there is one.
    ///
    /// - Returns: how many messages it has to deliver.
    mutating func start() async throws(JetStreamError) -> Int {
        let info = try await replaceConsumer()
        return info.pending
    }

    /// The next message; `nil` when the task is cancelled or the connection closed.
    mutating func next() async throws(JetStreamError) -> JetStreamMessage? {
        while true {
            if current == nil {
                try await recover()
            }
            do {
                guard let message = try await current?.source.next() else {
                    current = nil
                    return nil
                }
                if order.accepts(message.metadata) {
                    return message
                }
                current = nil
            } catch let error where error.code == .consumerDeleted {
                current = nil
            }
        }
    }

    /// Makes a consumer that reads on. A server that is starting, or not there, is waited for.
    private mutating func recover() async throws(JetStreamError) {
        var attempts = 0
        while true {
            do {
                _ = try await replaceConsumer()
                return
            } catch let error where Self.isTemporary(error) && serial > 1 && attempts < Self.maximumAttempts {
                attempts += 1
                try await JetStream.pause(Self.retryDelay)
            }
        }
    }

    private static func isTemporary(_ error: JetStreamError) -> Bool {
        switch error.code {
        case .notEnabled: true
        case .connection: error.connectionError?.code == .timeout || error.connectionError?.code == .disconnected
        default: error.serverCode == .insufficientResources
        }
    }

    private mutating func replaceConsumer() async throws(JetStreamError) -> ConsumerInfo {
        serial += 1
        current = nil
        let name = "\(namePrefix)_\(serial)"
        let configuration = options.configuration(name: name, after: order.lastStreamSequence)
        let info = try await stream.send(configuration, action: "create")
        let source = try PullSource(
            consumer: name, stream: stream, settings: PullSettings(options.pull), endsWhenInterrupted: true)
        current = (source, ConsumerLifetime(source.subscription, consumer: name, stream: stream))
        order.restart()
        return info
    }
}

/// What was delivered last, and whether the next delivery follows it.
struct DeliveryOrder: Sendable, Hashable {
    private var lastConsumerSequence = 0
    /// The last message's place in the stream; `nil` before there is one.
    private(set) var lastStreamSequence: Int?

    /// A new consumer counts from the beginning.
    mutating func restart() {
        lastConsumerSequence = 0
    }

    /// Whether a delivery is the one that was due. If not, something got lost before it.
    mutating func accepts(_ metadata: MessageMetadata) -> Bool {
        guard metadata.consumerSequence == lastConsumerSequence + 1 else { return false }
        lastConsumerSequence += 1
        lastStreamSequence = metadata.streamSequence
        return true
    }
}

/// Ends a subscription, and removes the consumer that it was for, when the last reference goes.
final class ConsumerLifetime: Sendable {
    private let subscription: NATSSubscription
    private let consumer: String
    private let stream: StreamHandle

    init(_ subscription: NATSSubscription, consumer: String, stream: StreamHandle) {
        self.subscription = subscription
        self.consumer = consumer
        self.stream = stream
    }

    deinit {
        subscription.unsubscribe()
        let jetStream = stream.jetStream
        // Nobody waits for the answer: a consumer that is not removed now goes when its time without use is up.
        jetStream.connection.send(
            NATSMessage(
                subject: "\(jetStream.prefix).CONSUMER.DELETE.\(stream.name).\(consumer)",
                replyTo: jetStream.connection.newInbox()
            )
        )
    }
}

extension NATSConnection {
    /// Publishes a message that nobody misses if it can't be sent.
    fileprivate func send(_ message: NATSMessage) {
        update { state in
            try? state.machine.publish(message)
            return []
        }
    }
}
