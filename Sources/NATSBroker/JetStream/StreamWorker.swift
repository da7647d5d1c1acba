import JetStream
import NATSWire
import NIOCore
import Synchronization

/// JetStream of one account within the server: takes what event loops have read for its streams, and delivers what they send.
///
/// It lives on one event loop; ``JetStreamEngine`` says on which. Everything but ``intake`` and ``wake()`` belongs to that loop and
/// is touched there alone, which is why the class may call itself sendable.
final class StreamWorker: @unchecked Sendable {
    let account: Account
    let broker: Broker
    let eventLoop: any EventLoop
    let intake: MessageIntake
    /// The server as a client of the account, for what streams send.
    let client: Connection

    // MARK: What the event loop owns

    /// Nil before ``open(_:limits:usage:)`` and after ``close()``.
    private(set) var jetStream: AccountJetStream?
    /// The streams that messages are taken for, by the numbers that intake entries have.
    var capturing: [Stream?] = []
    /// Subscriptions for streams' subjects, by stream and subject.
    var captures: [ObjectIdentifier: [String: Subscription]] = [:]
    /// What JetStream itself subscribed to, by the numbers that intake entries have.
    var patterns: [(pattern: [UInt8], subscription: Subscription)?] = []
    /// Subscriptions for requests and acknowledgements.
    private var services: [Subscription] = []
    var delivery = DeliveryScratch()
    /// Stored streams that could not be recovered.
    private(set) var unrecovered: [String] = []
    /// Subjects whose interest is watched, and how many watch each.
    var watched: [[UInt8]: Int] = [:]
    private var batch = MessageIntake.Batch()
    private var alarm: (time: Int64, task: Scheduled<Void>)?
    private var nextServiceID = 1
    /// Whether nothing is delivered for a moment.
    private var isPaused = false
    /// Whether those who were sent something are being woken.
    private var isEnding = false
    /// Whether something happened since it was last looked at.
    private var wasActive = false
    private var housekeeping: [RepeatedTask] = []

    init(account: Account, broker: Broker, settings: BrokerSettings, mailbox: LoopMailbox) {
        self.account = account
        self.broker = broker
        eventLoop = mailbox.eventLoop
        intake = MessageIntake(
            maxMessages: settings.jetStream?.maxBufferedMessages ?? JetStreamSetup.defaultBufferedMessages,
            maxBytes: settings.jetStream?.maxBufferedBytes ?? JetStreamSetup.defaultBufferedBytes)
        client = Connection(inside: account, of: broker, id: 0, settings: settings, mailbox: mailbox)
        client.label = "JETSTREAM"
    }

    // MARK: Life

    /// Takes up the streams that are stored for the account, and begins to serve.
    ///
    /// - Parameter usage: what the accounts of the server store together.
    func open(_ setup: JetStreamSetup, limits: JetStream.AccountLimits, usage: ServerUsage) {
        eventLoop.preconditionInEventLoop()
        let stores = StoreFolder(setup.storeDirectory, account: account.name) { [broker, account] in
            broker.log.warning("JetStream of account \(account.name): \($0)")
        }
        let jetStream = AccountJetStream(
            name: account.name, host: self, stores: stores, settings: setup.streams, limits: limits,
            syncsAlways: setup.syncsAlways, serverUsage: usage)
        self.jetStream = jetStream
        unrecovered = stores.recover(into: jetStream)
        serve("$JS.API.>", .request)
        serve("$JS.ACK.>", .acknowledgement)
        serve("$JS.FC.>", .flowControl)
        // Whatever holds the worker here ends when it is closed. References that need not do that would make each use of the
        // worker slower.
        account.watchInterest { [self] subject in
            eventLoop.execute {
                self.jetStream?.interestChanged(in: subject)
                self.finishTurn()
            }
        }
        startHousekeeping(setup)
        finishTurn()
    }

    private func serve(_ pattern: String, _ purpose: MessageIntake.Purpose) {
        if let service = subscribe(pattern, purpose) { services.append(service) }
    }

    func subscribe(_ pattern: String, _ purpose: MessageIntake.Purpose) -> Subscription? {
        let subscription = Subscription(
            owner: client, account: account, subject: Array(pattern.utf8), queue: nil,
            sid: Array("\(nextServiceID)".utf8), deniedBy: nil, grantsReplies: false,
            intake: MessageIntake.Target(worker: self, purpose: purpose))
        nextServiceID += 1
        guard account.insert(subscription) else { return nil }
        client.addShadows(of: subscription)
        return subscription
    }

    func unsubscribe(_ subscription: Subscription) {
        account.remove(subscription)
        for shadow in subscription.shadows { shadow.account.remove(shadow) }
        subscription.shadows = []
    }

    /// Stops serving: what came in is stored, and the stores are closed.
    func close() {
        eventLoop.preconditionInEventLoop()
        guard let jetStream else { return }
        for service in services { unsubscribe(service) }
        for subscription in captures.values.flatMap(\.values) { unsubscribe(subscription) }
        for pattern in patterns { if let pattern { unsubscribe(pattern.subscription) } }
        account.watchInterest(nil)
        for task in housekeeping { task.cancel() }
        housekeeping = []
        turn()
        alarm?.task.cancel()
        alarm = nil
        jetStream.close()
        client.wakeReceivers()
        self.jetStream = nil
        services = []
        captures = [:]
        capturing = []
        patterns = []
    }

    /// However often configuration wants to sync, requests must get their turn.
    private static let shortestSyncInterval = TimeAmount.milliseconds(10)

    private func startHousekeeping(_ setup: JetStreamSetup) {
        housekeeping.append(
            eventLoop.scheduleRepeatedTask(initialDelay: .seconds(10), delay: .seconds(10)) { [self] _ in
                if !wasActive { jetStream?.releaseCaches() }
                wasActive = false
            })
        guard !setup.syncsAlways, setup.syncInterval > .zero else { return }
        let interval = max(TimeAmount(setup.syncInterval), Self.shortestSyncInterval)
        housekeeping.append(
            eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
                jetStream?.sync()
            })
    }

    // MARK: Turns

    /// Says that something waits in ``intake``. Safe from every thread.
    func wake() {
        // What streams send to streams waits for the next turn.
        if eventLoop.inEventLoop, !isEnding {
            turn()
        } else {
            eventLoop.execute { self.turn() }
        }
    }

    private func turn() {
        guard jetStream != nil, intake.exchange(&batch) else { return }
        wasActive = true
        batch.bytes.withUnsafeBytes { handle($0) }
        batch.clear()
        finishTurn()
    }

    private func handle(_ bytes: UnsafeRawBufferPointer) {
        guard let jetStream else { return }
        var start = 0
        var askers = batch.askers[...]
        for entry in batch.entries {
            let reply = start &+ Int(entry.subject)
            let header = reply &+ Int(entry.reply)
            let body = header &+ Int(entry.header)
            let end = body &+ Int(entry.body)
            let parts = MessageParts(
                subject: UnsafeRawBufferPointer(rebasing: bytes[start..<reply]),
                reply: UnsafeRawBufferPointer(rebasing: bytes[reply..<header]),
                header: UnsafeRawBufferPointer(rebasing: bytes[header..<body]),
                body: UnsafeRawBufferPointer(rebasing: bytes[body..<end]))
            start = end
            switch entry.purpose {
            case .acknowledgement:
                let isAwaited = jetStream.acknowledge(parts.subject, reply: parts.reply, body: parts.body)
                if entry.reply > 0, let asker = askers.popFirst(), !isAwaited {
                    asker.client.reportNoResponders(Array(parts.reply), Array(parts.subject))
                }
            case .flowControl: jetStream.flowControlAnswered(parts.subject, header: parts.header)
            case .request: answer(parts, from: askers.popFirst(), jetStream)
            default:
                if let number = entry.purpose.patternNumber {
                    guard let pattern = patterns[number]?.pattern else { continue }
                    jetStream.received(
                        on: pattern, subject: parts.subject, reply: parts.reply, header: parts.header, body: parts.body)
                    continue
                }
                capturing[Int(entry.purpose.rawValue)]?.ingest(
                    subject: parts.subject, reply: parts.reply, header: parts.header, body: parts.body)
            }
        }
    }

    /// One message, lent from the batch.
    private struct MessageParts {
        var subject: UnsafeRawBufferPointer
        var reply: UnsafeRawBufferPointer
        var header: UnsafeRawBufferPointer
        var body: UnsafeRawBufferPointer
    }

    private func answer(_ parts: MessageParts, from asker: MessageIntake.Asker?, _ jetStream: AccountJetStream) {
        let subject = Array(parts.subject)
        let reply = Array(parts.reply)
        let isAnswered = jetStream.request(
            subject, reply: reply, header: Array(parts.header), body: Array(parts.body),
            client: asker?.description ?? .object([]))
        if !isAnswered, !reply.isEmpty { asker?.client.reportNoResponders(reply, subject) }
    }

    /// Ends a turn: stores, acknowledges, delivers, and sets the alarm for the next one.
    private func finishTurn() {
        guard let jetStream else { return }
        jetStream.endTurn()
        wakeReceivers()
        setAlarm()
        if client.mustStall { pause() }
    }

    func wakeReceivers() {
        isEnding = true
        client.wakeReceivers()
        isEnding = false
    }

    /// How long those who have fallen behind have to catch up, as publishers give them.
    private static let pauseTime = TimeAmount.milliseconds(10)

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        eventLoop.scheduleTask(in: Self.pauseTime) { [self] in
            isPaused = false
            client.mustStall = false
            jetStream?.goOn()
            finishTurn()
        }
    }

    private func setAlarm() {
        guard let next = jetStream?.nextAlarm else { return }
        if let alarm, alarm.time <= next { return }
        alarm?.task.cancel()
        let delay = TimeAmount.nanoseconds(max(0, next - now))
        alarm = (
            next,
            eventLoop.scheduleTask(in: delay) { [self] in
                alarm = nil
                jetStream?.alarmRang()
                finishTurn()
            }
        )
    }

    // MARK: From elsewhere

    /// Runs `body` on the worker with the account's streams, in a turn of its own.
    func submit<Value: Sendable>(
        _ body: @escaping @Sendable (AccountJetStream) -> Value
    ) -> EventLoopFuture<Value?> {
        eventLoop.submit {
            guard let jetStream = self.jetStream else { return nil }
            let value = body(jetStream)
            self.finishTurn()
            return value
        }
    }
}
