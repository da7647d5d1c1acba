import NATSAccounts
import Synchronization

/// One SUB of one client.
///
/// What never changes may be read from anywhere. The counters belong to the owner's outbox and are touched only under its
/// lock (``Connection/accept(_:for:)``).
final class Subscription: @unchecked Sendable {
    let owner: Connection
    let account: Account
    let subject: [UInt8]
    let queue: [UInt8]?
    let sid: [UInt8]
    /// The sid and a blank, as every MSG line holds them.
    let sidField: UnsafeRawBufferPointer
    /// The owner's permissions, where they deny some of the subjects that the pattern covers; a reload may change them.
    private let denying: Mutex<Permissions?>
    /// Whether a reply subject that is delivered here gives the owner leave to publish to it.
    let grantsReplies: Bool
    /// The part of the server that takes the messages, where it is not a client; the owner then takes none.
    let handler: ServiceHandler?
    /// The streams that the messages are for, in the same way.
    let intake: MessageIntake.Target?
    /// The import through which it reaches into ``account``, which then is not the owner's own.
    let streamImport: StreamImport?
    /// What it reaches in other accounts. Belongs to the owner's event loop.
    var shadows: [Subscription] = []

    /// How many messages were delivered. Guarded by the owner's outbox lock.
    var delivered = 0
    /// After how many messages it ends; 0 for never. Guarded by the owner's outbox lock.
    var limit = 0
    /// Set when it was ended; nothing is delivered any more. Guarded by the owner's outbox lock.
    var isClosed = false

    init(
        owner: Connection,
        account: Account,
        subject: [UInt8],
        queue: [UInt8]?,
        sid: [UInt8],
        deniedBy: Permissions?,
        grantsReplies: Bool,
        streamImport: StreamImport? = nil,
        handler: ServiceHandler? = nil,
        intake: MessageIntake.Target? = nil
    ) {
        self.owner = owner
        self.account = account
        self.subject = subject
        self.queue = queue
        self.sid = sid
        denying = Mutex(deniedBy)
        self.grantsReplies = grantsReplies
        self.handler = handler
        self.intake = intake
        self.streamImport = streamImport
        let field = UnsafeMutableRawBufferPointer.allocate(byteCount: sid.count + 1, alignment: 1)
        field.copyBytes(from: sid)
        field[sid.count] = 0x20
        sidField = UnsafeRawBufferPointer(field)
    }

    /// Whether a message on `subject` may be delivered.
    ///
    /// What counts is the subject as the owner sees it.
    func mayReceive(_ subject: UnsafeRawBufferPointer) -> Bool {
        guard let permissions = denying.withLock({ $0 }) else { return true }
        return !permissions.denies(streamImport?.delivered(subject) ?? Array(subject), queue: queue)
    }

    /// Changes the permissions that deny some of the subjects that the pattern covers. Whoever has found the subscription
    /// before goes on with the old ones until ``Account/interestChanged()``.
    func deny(by permissions: Permissions?) {
        denying.withLock { $0 = permissions }
    }

    /// The part of `imported` that this subscription covers, as a subscription of its own; nil where it covers none.
    func shadow(through imported: StreamImport) -> Subscription? {
        guard let pattern = imported.pattern(for: subject) else { return nil }
        return Subscription(
            owner: owner, account: imported.exporter, subject: pattern, queue: queue, sid: sid,
            deniedBy: denying.withLock { $0 }, grantsReplies: grantsReplies, streamImport: imported, intake: intake)
    }

    deinit {
        sidField.deallocate()
    }
}
