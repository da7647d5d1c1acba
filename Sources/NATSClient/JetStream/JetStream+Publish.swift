public import NIOCore

extension JetStream {
    /// Publishes a message and waits for the word of the stream that stored it.
    ///
    /// - Throws: ``JetStreamError/Code/noStream`` if no stream stores the subject's messages, ``JetStreamError/Code/server``
    ///   with the reason if the stream refuses the message, ``JetStreamError/Code/connection`` if no answer came in time:
    ///   then the message may be stored or not, and publishing it again with the same ``PublishOptions/messageID`` is safe.
    @discardableResult
    public func publish(_ message: NATSMessage, options: PublishOptions = PublishOptions())
        async throws(JetStreamError) -> PublishAcknowledgement
    {
        var message = message
        options.write(to: &message.headers)
        var retries = options.retries
        while true {
            do {
                return try PublishAcknowledgement(answer: try await connection.request(message, timeout: timeout))
            } catch let error as JetStreamError {
                throw error
            } catch let error as NATSError {
                guard error.code == .noResponders else { throw .connection(error) }
                guard retries > 0 else { throw .noStream }
                retries -= 1
                try await Self.pause(options.retryDelay)
            } catch {
                throw .badResponse("\(error)")
            }
        }
    }

    /// Publishes bytes to `subject` and waits for the word of the stream that stored them.
    @discardableResult
    public func publish(
        _ payload: ByteBuffer,
        to subject: String,
        headers: Headers = [:],
        options: PublishOptions = PublishOptions()
    ) async throws(JetStreamError) -> PublishAcknowledgement {
        try await publish(NATSMessage(subject: subject, headers: headers, payload: payload), options: options)
    }

    /// Publishes text to `subject` and waits for the word of the stream that stored it.
    @discardableResult
    public func publish(
        _ text: String,
        to subject: String,
        headers: Headers = [:],
        options: PublishOptions = PublishOptions()
    ) async throws(JetStreamError) -> PublishAcknowledgement {
        try await publish(ByteBuffer(string: text), to: subject, headers: headers, options: options)
    }

    static func pause(_ duration: Duration) async throws(JetStreamError) {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw .connection(.cancelled)
        }
    }
}
