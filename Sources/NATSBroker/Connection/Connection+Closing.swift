import NIOCore
import Synchronization

extension Connection {
    /// How long a client that is told why it goes may take to read it.
    private static let farewellTime = TimeAmount.seconds(1)

    /// Ends the connection: nothing more is read, what waits is written where that makes sense, interest is taken back.
    ///
    /// To be called on the event loop; the first reason counts.
    func close(_ reason: CloseReason) {
        guard closeReason == nil else { return }
        closeReason = reason
        log.debug("\(label) - Client connection closed: \(reason.rawValue)")
        cancelTimers()
        leaveAccount()
        broker.unregister(self)
        if let announcedAccount { broker.move(self, from: announcedAccount, to: nil) }
        broker.announceDisconnect(self)
        let rest = outbox.withLock { outbox in
            outbox.isClosed = true
            var rest = ByteBuffer()
            outbox.exchange(&rest)
            return rest
        }
        removeAllSubscriptions()
        lastRoute = nil
        routes = RouteCache()
        stash = ByteBuffer()
        spare = ByteBuffer()
        guard let context else { return }
        let channel = context.channel
        if let webSocket = transport?.webSocket {
            webSocket.finish(rest, reason)
            return
        }
        if reason.skipsFlush || (rest.readableBytes == 0 && !isWriteBlocked) {
            channel.close(promise: nil)
            return
        }
        channel.writeAndFlush(rest).whenComplete { _ in channel.close(promise: nil) }
        eventLoop.scheduleTask(in: Self.farewellTime) { channel.close(promise: nil) }
    }
}
