import NIOCore
import NIOPosix

/// The event loops that clients are served on.
struct ServingLoops: Sendable {
    let count: Int
    let group: MultiThreadedEventLoopGroup

    /// - Parameter count: how many; where nothing is said, half as many as there are processors, and one at least.
    ///
    /// The other half is for the clients and the network, which are on the same machine in most cases. On two processors, one
    /// loop answered requests in 60 % of the time that two took, with 60 % of the work, since no thread had to wake another
    /// one.
    init(count: Int? = nil) {
        self.count = count ?? max(1, System.coreCount / 2)
        group = MultiThreadedEventLoopGroup(numberOfThreads: self.count)
    }

    /// Has a loop serve a client that is none, while the starting thread reads its configuration: to put the classes of
    /// channels and handlers together for the first time takes the runtime a fifth of a start, and the first client would wait
    /// for it.
    func rehearse() {
        guard let (served, other) = systemSocketPair() else { return }
        systemWriteAll(other, "PING")
        let loop = group.next()
        loop.execute {
            Self.lookUp(Connection.self)
            ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Broker.tune(channel)
                        try channel.pipeline.syncOperations.addHandler(ReadPace())
                        try channel.pipeline.syncOperations.addHandler(Rehearsal())
                    }
                }
                .withConnectedSocket(served)
                .flatMap { $0.closeFuture }
                .whenComplete { _ in systemClose(other) }
        }
    }

    /// Does what a pipeline does first with a handler; what it finds out is remembered by the runtime.
    @inline(never)
    private static func lookUp(_ handler: any ChannelHandler.Type) {
        _ = handler is any _ChannelInboundHandler.Type
        _ = handler is any _ChannelOutboundHandler.Type
    }

    /// Answers what it reads and ends.
    private final class Rehearsal: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            context.writeAndFlush(data).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
