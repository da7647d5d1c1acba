import NATSWire
import NIOCore
import Synchronization

/// The server as a client of its own: one such connection for each account, without a socket.
///
/// What it publishes goes the way of every client's messages. What it subscribes to has a handler: it takes in nothing itself,
/// so that its outbox says no and the publisher comes to ask for the handler. That costs other messages nothing.
extension Connection {
    convenience init(
        inside account: Account,
        of broker: Broker,
        id: UInt64,
        settings: BrokerSettings,
        mailbox: LoopMailbox
    ) {
        self.init(
            id: id, broker: broker, settings: settings, allocator: ByteBufferAllocator(), mailbox: mailbox,
            account: account)
        isAwaitingConnect = false
        hasConnected = true
        verbose = false
        options.verbose = false
        options.pedantic = false
        scanner.takesHeaders = true
        scanner.maxPayload = nil
        scanner.maxControlLine = .max
        label = "SYSTEM"
        outbox.withLock { $0.isClosed = true }
    }

    /// Publishes a message in the connection's account. Safe from every event loop.
    func publish(_ payload: [UInt8], to subject: [UInt8], reply: [UInt8] = [], headers: [UInt8] = []) {
        var frame = Array((headers.isEmpty ? "PUB " : "HPUB ").utf8) + subject + [0x20]
        if !reply.isEmpty { frame += reply + [0x20] }
        if !headers.isEmpty { frame += "\(headers.count) ".utf8 }
        frame += Array("\(headers.count + payload.count)\r\n".utf8) + headers + payload + [0x0D, 0x0A]
        let bytes = frame
        eventLoop.execute {
            _ = bytes.withUnsafeBytes { self.read($0) }
            self.wakeReceivers()
            // Subjects hardly ever come again: most are inboxes.
            self.lastRoute = nil
            self.routes = RouteCache()
        }
    }

    /// Answers messages on `pattern` by `handler`.
    func serve(_ pattern: String, sid: Int, _ handler: @escaping ServiceHandler) -> Subscription {
        let subscription = Subscription(
            owner: self, account: account, subject: Array(pattern.utf8), queue: nil, sid: Array("\(sid)".utf8),
            deniedBy: nil, grantsReplies: false, handler: handler)
        _ = account.insert(subscription)
        return subscription
    }
}
