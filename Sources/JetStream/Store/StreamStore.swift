/// The messages of one stream, in order of their sequences.
///
/// A store belongs to its stream's worker and is not thread-safe. It enforces no limits: the stream asks it to remove what must
/// go.
package protocol StreamStore: AnyObject {
    /// What is in the store.
    var state: StoreState { get }

    /// Whether what is appended is one whole with what is appended next. Where the process ends in the middle of a flush, all of
    /// such a group is there when the store is opened again, or none of it.
    var isFollowed: Bool { get set }

    /// Appends a message.
    ///
    /// - Parameters:
    ///   - sequence: more than the last one; sequences in between count as deleted.
    ///   - timestamp: nanoseconds since 1970, no earlier than the last one's.
    ///   - expires: nanoseconds since 1970 at which the message's own time to live ends; 0 where it has none.
    /// - Throws: ``StoreError``; then this message was not appended. The disk is not touched before ``flush(sync:)``.
    func append(
        sequence: UInt64,
        timestamp: Int64,
        expires: Int64,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(StoreError)

    /// Gives sequences away up to and with `sequence`: they count as those of messages that are gone.
    ///
    /// - Parameter timestamp: nanoseconds since 1970, no earlier than the last one's.
    func skip(to sequence: UInt64, timestamp: Int64) throws(StoreError)

    /// Hands over what was appended and removed to the operating system, and to the disk where `sync` asks for it. Until then
    /// nothing may be acknowledged.
    ///
    /// Also does what is due in the background: compacts a block, writes the index.
    ///
    /// - Throws: ``StoreError``; then everything that was appended or removed since the last flush is undone, and ``state``
    ///   says what is there. After ``StoreError/noSpace`` the store goes on as soon as there is room.
    func flush(sync: Bool) throws(StoreError)

    /// The message with `sequence`, or `nil` where it was deleted or never was.
    func message(_ sequence: UInt64) throws(StoreError) -> StoredMessage?

    /// Lends the first message at or after `sequence` whose subject one of `filters` takes, without copying it.
    ///
    /// - Parameter filters: empty for every subject.
    /// - Returns: what `body` returned, or `nil` when there is none.
    func withNext<Result>(
        from sequence: UInt64,
        matching filters: [SubjectFilter],
        _ body: (MessageView) -> Result
    ) throws(StoreError) -> Result?

    /// Lends every message from `sequence` on that one of `filters` takes, in order, until `body` returns false.
    ///
    /// The store must not be changed from within `body`.
    ///
    /// - Parameter filters: empty for every subject.
    func visit(
        from sequence: UInt64,
        matching filters: [SubjectFilter],
        _ body: (MessageView) -> Bool
    ) throws(StoreError)

    /// The last message on exactly `subject`, at or before `limit` where one is given.
    func last(on subject: [UInt8], upTo limit: UInt64?) throws(StoreError) -> StoredMessage?

    /// Counts, and first and last sequence, of each subject that `filter` takes.
    func subjects(matching filter: SubjectFilter) throws(StoreError) -> [(subject: [UInt8], state: SubjectState)]

    /// State of exactly one subject, `nil` where no message is on it.
    func state(of subject: [UInt8]) throws(StoreError) -> SubjectState?

    /// How many messages are on exactly `subject`. Never reads from the disk.
    func count(of subject: UnsafeRawBufferPointer) -> UInt64

    /// The sequence of the last message on exactly `subject`, `nil` where no message is on it.
    func lastSequence(on subject: UnsafeRawBufferPointer) throws(StoreError) -> UInt64?

    /// How many messages at or after `sequence` one of `filters` takes.
    ///
    /// - Parameter lastPerSubject: count each subject's last message only.
    func pending(from sequence: UInt64, matching filters: [SubjectFilter], lastPerSubject: Bool) throws(StoreError)
        -> Int

    /// The sequence of the first message stored at or after `timestamp`, or one past the last.
    func sequence(at timestamp: Int64) throws(StoreError) -> UInt64

    /// When the next message's own time to live ends, in nanoseconds since 1970; `nil` where none has one. It may be the time
    /// of a message that is not there any more.
    var nextExpiration: Int64? { get }

    /// The sequences of messages whose own time to live ended at or before `now`. They stay until they are removed, but are
    /// not named again before the store is opened anew.
    func takeExpired(at now: Int64) -> [UInt64]

    /// Removes one message.
    ///
    /// - Parameter secure: overwrites its bytes.
    /// - Returns: false where it was not there.
    @discardableResult
    func remove(_ sequence: UInt64, secure: Bool) throws(StoreError) -> Bool

    /// Removes everything before `sequence`. When that is everything, the next message gets at least `sequence`.
    ///
    /// - Returns: how many messages went.
    @discardableResult
    func compact(to sequence: UInt64) throws(StoreError) -> Int

    /// Removes messages on the subjects that `filter` takes: those before `sequence` where one is given, all but the last
    /// `keep` where that is given.
    ///
    /// - Returns: how many messages went.
    @discardableResult
    func purge(matching filter: SubjectFilter?, before sequence: UInt64?, keep: Int?) throws(StoreError) -> Int

    /// Sequences between the first and the last that are not there any more.
    var deleted: [ClosedRange<UInt64>] { get }

    /// Gives back memory that only makes reading faster. For stores that nobody has used for a while.
    func releaseCaches()

    /// Ends the work with the store: flushes, syncs, and writes the index. What is on disk stays.
    func close() throws(StoreError)

    /// Removes the store and everything in it.
    func delete() throws(StoreError)
}

extension StreamStore {
    /// The last message on exactly `subject`.
    package func last(on subject: [UInt8]) throws(StoreError) -> StoredMessage? {
        try last(on: subject, upTo: nil)
    }

    /// Appends a message without a time to live of its own.
    package func append(
        sequence: UInt64,
        timestamp: Int64,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(StoreError) {
        try append(
            sequence: sequence,
            timestamp: timestamp,
            expires: 0,
            subject: subject,
            header: header,
            body: body
        )
    }
}

/// One message, lent for the time of a call: its bytes must not be kept.
package struct MessageView {
    package let sequence: UInt64
    /// Nanoseconds since 1970.
    package let timestamp: Int64
    /// Nanoseconds since 1970 at which the message's own time to live ends; 0 where it has none.
    package let expires: Int64
    package let subject: UnsafeRawBufferPointer
    package let header: UnsafeRawBufferPointer
    package let body: UnsafeRawBufferPointer

    /// A copy that may be kept.
    package var message: StoredMessage {
        StoredMessage(
            sequence: sequence,
            timestamp: timestamp,
            subject: [UInt8](subject),
            header: [UInt8](header),
            body: [UInt8](body)
        )
    }
}

/// What a store holds.
package struct StoreState: Sendable, Hashable {
    package var messages: UInt64 = 0
    package var bytes: UInt64 = 0
    /// The first message that is there; one past the last when there is none.
    package var firstSequence: UInt64 = 0
    /// Nanoseconds since 1970; 0 when there is none.
    package var firstTimestamp: Int64 = 0
    package var lastSequence: UInt64 = 0
    package var lastTimestamp: Int64 = 0
    package var subjects = 0

    package init() {}
}

/// What a store holds on one subject.
package struct SubjectState: Sendable, Hashable {
    package var messages: UInt64
    package var first: UInt64
    package var last: UInt64

    package init(messages: UInt64, first: UInt64, last: UInt64) {
        self.messages = messages
        self.first = first
        self.last = last
    }
}
