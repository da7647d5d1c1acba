import NATSWire
import NIOCore
import NIOPosix
import Synchronization

/// A connection to a NATS server, which is made again by itself when it is lost.
///
/// ```swift
/// let connection = try await NATSConnection.connect(to: "nats://127.0.0.1:4222")
/// let subscription = try connection.subscribe(to: "greetings.>")
/// try await connection.publish("hello", to: "greetings.first")
/// for try await message in subscription {
///     print(message.subject, message.text)
/// }
/// ```
///
/// All methods may be called from any task. What one task publishes is sent in that order.
public final class NATSConnection: Sendable {
    /// How the connection was set up.
    public let options: ConnectionOptions

    struct State {
        var machine: ConnectionStateMachine
        var channel: (any Channel)?
        var mailboxes: [Int: SubscriptionMailbox] = [:]
        var requests = RequestTable()
        var flushes: [Int: CheckedContinuation<NATSError?, Never>] = [:]
        var connecting: CheckedContinuation<NATSError?, Never>?
        var listeners: [Int: AsyncStream<ConnectionEvent>.Continuation] = [:]
        var waitingForRoom: [CheckedContinuation<Void, Never>] = []
        var isSendScheduled = false
        var lastNumber = 0

        mutating func nextNumber() -> Int {
            lastNumber += 1
            return lastNumber
        }
    }

    let state: Mutex<State>
    let eventLoop: any EventLoop

    /// How many bytes may wait for the socket before publishers have to wait too.
    static let outputLimit = 4 << 20

    init(options: ConnectionOptions, eventLoop: any EventLoop) {
        self.options = options
        self.eventLoop = eventLoop
        state = Mutex(State(machine: ConnectionStateMachine(options: options)))
    }

    /// Connects to the first of the servers that answers.
    ///
    /// - Throws: ``NATSError/Code/noServers`` if no server listens, ``NATSError/Code/authorization`` if the credentials are
    ///   wrong, ``NATSError/Code/timeout``, ``NATSError/Code/tlsUnavailable``, ``NATSError/Code/tlsFailed``, or what else the last server said.
    public static func connect(_ options: ConnectionOptions) async throws(NATSError) -> NATSConnection {
        let connection = NATSConnection(options: options, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                connection.update { state in
                    state.connecting = continuation
                    return state.machine.start()
                }
            }
        } onCancel: {
            connection.update { state in
                state.machine.close(.cancelled) + [.completeConnect(.cancelled)]
            }
        }
        if let error {
            throw error
        }
        return connection
    }

    /// Connects to one of the servers in a list with commas, such as `nats://user:password@127.0.0.1:4222`.
    public static func connect(to servers: String) async throws(NATSError) -> NATSConnection {
        try await connect(ConnectionOptions(servers: try ServerAddress.list(parsing: servers)))
    }

    /// What the server told about itself last.
    public var serverInfo: ServerInfo? {
        state.withLock { $0.machine.info }
    }

    /// The server that this connection goes to, `nil` while there is no connection.
    public var connectedServer: ServerAddress? {
        state.withLock { $0.machine.phase == .connected ? $0.machine.pool.current : nil }
    }

    /// The last error that happened, be it thrown by a call or only reported as an event.
    public var lastError: NATSError? {
        state.withLock { $0.machine.lastError }
    }

    /// What happens to the connection from now on. Every call gives a stream of its own.
    public func events() -> AsyncStream<ConnectionEvent> {
        let (stream, continuation) = AsyncStream<ConnectionEvent>.makeStream()
        state.withLock { state in
            guard state.machine.phase != .closed else {
                continuation.finish()
                return
            }
            let number = state.nextNumber()
            state.listeners[number] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.listeners[number] = nil }
            }
        }
        return stream
    }

    /// Closes the connection at once. Messages that were not sent yet are lost; ``flush(timeout:)`` first, or use
    /// ``drain()``.
    public func close() {
        update { $0.machine.close(nil) }
    }

    /// A new subject for answers, under the options' inbox prefix.
    public func newInbox() -> String {
        options.inboxPrefix + "." + NUID.next()
    }
}
