/// What JetStream needs of the server around it, for one account.
///
/// All calls come from the account's worker, and none of them may call back into ``AccountJetStream`` before it returned.
package protocol JetStreamHost: AnyObject {
    /// Nanoseconds since 1970.
    var now: Int64 { get }

    /// The server's name, as answers give it.
    var serverName: String { get }

    /// Hands a message to whoever in the account is interested in `subject`, also through the account's imports, and to its own
    /// JetStream where `subject` is one of that. The bytes are lent for the time of the call.
    ///
    /// - Parameters:
    ///   - subject: where it goes.
    ///   - shown: the subject that the receiver sees, which is another one where a stream's message is delivered.
    ///   - reply: empty for none.
    ///   - header: from `NATS/1.0` to the empty line; empty for none.
    func send(
        to subject: UnsafeRawBufferPointer,
        shownAs shown: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    )

    /// Lets what was sent so far go out, so that receivers have something to do while more is put together for them. Otherwise it
    /// goes out when the turn ends.
    func sendNow()

    /// Whether a client in the account subscribes to `subject`.
    func hasInterest(in subject: UnsafeRawBufferPointer) -> Bool

    /// Whether anybody takes messages on `subject`, a client or a stream.
    func isWanted(_ subject: UnsafeRawBufferPointer) -> Bool

    /// Whether somebody who was sent something has fallen so far behind that nothing more is to be delivered, until
    /// ``AccountJetStream/goOn()``.
    var isCongested: Bool { get }

    /// From now on ``AccountJetStream/interestChanged(in:)`` is called whenever the first subscription to `subject` comes or
    /// the last one goes.
    func watchInterest(in subject: [UInt8])

    /// Ends ``watchInterest(in:)``.
    func unwatchInterest(in subject: [UInt8])

    /// Messages on `subjects` that come from now on are to be handed to `stream`.
    func capture(_ subjects: [String], for stream: Stream)

    /// Messages on `subjects` are no longer for `stream`.
    func release(_ subjects: [String], of stream: Stream)

    /// Messages on subjects that `pattern` takes are to be handed to ``AccountJetStream/received(on:subject:reply:header:body:)``.
    ///
    /// Patterns are literal subjects and such that end in `>`; none is named twice at a time.
    func subscribe(to pattern: [UInt8])

    /// Ends ``subscribe(to:)``.
    func unsubscribe(from pattern: [UInt8])

    /// Says something in the server's log.
    func log(_ message: String)
}

/// Where the stores of an account's streams and consumers come from.
package protocol StoreProvider: AnyObject {
    /// Makes the store of a new stream.
    ///
    /// - Parameter metadata: what ``Stream/metadata`` holds, to be kept beside the messages.
    func makeStream(
        _ configuration: StreamConfiguration,
        metadata: [UInt8]
    ) throws(StoreError) -> any StreamStore

    /// Keeps other metadata of a stream that is there.
    func updateStream(_ configuration: StreamConfiguration, metadata: [UInt8]) throws(StoreError)

    /// Forgets a stream whose consumers are gone, and removes its store.
    func deleteStream(_ configuration: StreamConfiguration, _ store: any StreamStore) throws(StoreError)

    /// Makes the store of a new consumer.
    func makeConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        state: ConsumerState,
        metadata: [UInt8]
    ) throws(StoreError) -> any ConsumerStateStore

    /// Keeps other metadata of a consumer that is there.
    func updateConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        metadata: [UInt8]
    ) throws(StoreError)

    /// Forgets a consumer, and removes its store.
    func deleteConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        _ store: any ConsumerStateStore
    ) throws(StoreError)
}

extension JetStreamHost {
    /// Sends bytes that are held as arrays.
    func send(to subject: [UInt8], reply: [UInt8] = [], header: [UInt8] = [], body: [UInt8] = []) {
        subject.withUnsafeBytes { subject in
            reply.withUnsafeBytes { reply in
                header.withUnsafeBytes { header in
                    body.withUnsafeBytes { body in
                        send(to: subject, shownAs: subject, reply: reply, header: header, body: body)
                    }
                }
            }
        }
    }

    func hasInterest(in subject: [UInt8]) -> Bool {
        subject.withUnsafeBytes { hasInterest(in: $0) }
    }
}
