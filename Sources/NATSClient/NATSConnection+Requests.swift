import NATSWire
public import NIOCore
import Synchronization

/// The requests that wait for their answers. All answers come through one subscription, to the last token of whose
/// subject each request gives a number of its own.
struct RequestTable {
    typealias Outcome = Result<NATSMessage, NATSError>

    private struct Waiting {
        var subject: String
        var complete: @Sendable (Outcome) -> Void
    }

    /// What answers' subjects begin with, with the dot before the token.
    var prefix = ""
    /// The subscription, once there is one.
    var subscription: Int?
    private var waiting: [String: Waiting] = [:]

    /// - Parameter complete: is called once, with the connection's lock held: it must not use the connection.
    mutating func add(_ token: String, subject: String, _ complete: @escaping @Sendable (Outcome) -> Void) {
        waiting[token] = Waiting(subject: subject, complete: complete)
    }

    mutating func complete(_ message: NATSMessage) {
        guard message.subject.utf8.starts(with: prefix.utf8) else { return }
        end(
            String(message.subject.dropFirst(prefix.count)),
            message.isNoResponders ? .failure(.noResponders) : .success(message)
        )
    }

    mutating func end(_ token: String, _ outcome: Outcome) {
        waiting.removeValue(forKey: token)?.complete(outcome)
    }

    mutating func fail(subject: String, _ error: NATSError) {
        for (token, request) in waiting where request.subject == subject {
            end(token, .failure(error))
        }
    }

    mutating func failAll(_ error: NATSError) {
        for token in waiting.keys {
            end(token, .failure(error))
        }
    }
}

extension NATSConnection {
    /// Publishes a message and waits for one answer.
    ///
    /// - Throws: ``NATSError/Code/noResponders`` if nobody listens, ``NATSError/Code/timeout``,
    ///   ``NATSError/Code/permissionsViolation`` if the user may not publish to the subject or not subscribe to its inbox,
    ///   ``NATSError/Code/cancelled``, and the errors of ``publish(_:)``.
    public func request(_ message: NATSMessage, timeout: Duration = .seconds(5)) async throws(NATSError) -> NATSMessage
    {
        let token = NUID.next()
        let timer = schedule(after: timeout) { [weak self] in
            self?.endRequest(token, .timeout)
        }
        defer { timer.cancel() }
        let outcome: RequestTable.Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                update { state in
                    do {
                        guard !Task.isCancelled else { throw NATSError.cancelled }
                        try begin(message, token: token, &state)
                        state.requests.add(token, subject: message.subject) { continuation.resume(returning: $0) }
                    } catch {
                        continuation.resume(returning: .failure(error as? NATSError ?? .cancelled))
                    }
                    return []
                }
            }
        } onCancel: {
            endRequest(token, .cancelled)
        }
        return try outcome.get()
    }

    /// Publishes bytes to `subject` and waits for one answer.
    public func request(
        _ payload: ByteBuffer,
        to subject: String,
        headers: Headers = [:],
        timeout: Duration = .seconds(5)
    ) async throws(NATSError) -> NATSMessage {
        try await request(NATSMessage(subject: subject, headers: headers, payload: payload), timeout: timeout)
    }

    /// Publishes text to `subject` and waits for one answer.
    public func request(
        _ text: String,
        to subject: String,
        headers: Headers = [:],
        timeout: Duration = .seconds(5)
    ) async throws(NATSError) -> NATSMessage {
        try await request(ByteBuffer(string: text), to: subject, headers: headers, timeout: timeout)
    }

    /// Publishes a message whose answer goes to `complete`, which is called once, with the connection's lock held: it must
    /// not use the connection. Without a timeout: ``endRequest(_:_:)`` ends the wait.
    ///
    /// - Returns: the token of the request.
    func startRequest(
        _ message: NATSMessage,
        complete: @escaping @Sendable (RequestTable.Outcome) -> Void
    ) async throws(NATSError) -> String {
        let token = NUID.next()
        var isFull = false
        try update { state throws(NATSError) in
            try begin(message, token: token, &state)
            state.requests.add(token, subject: message.subject, complete)
            isFull = state.machine.output.readableBytes > Self.outputLimit
            return []
        }
        if isFull {
            await waitForRoom()
        }
        return token
    }

    private func begin(_ message: NATSMessage, token: String, _ state: inout State) throws(NATSError) {
        if state.requests.subscription == nil {
            state.requests.prefix = newInbox() + "."
            state.requests.subscription = try state.machine.subscribe(to: state.requests.prefix + "*", queue: nil)
        }
        var request = message
        request.replyTo = state.requests.prefix + token
        try state.machine.publish(request)
    }

    func endRequest(_ token: String, _ error: NATSError) {
        state.withLock { $0.requests.end(token, .failure(error)) }
    }
}
