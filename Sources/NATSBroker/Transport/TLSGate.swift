import NIOCore
import NIOSSL

/// Stands before a connection until it is clear whether the client speaks TLS: holds its bytes back, and then puts the TLS handler
/// behind itself or lets them through.
///
/// It stays until the handshake is done, since the server's first record is the only place that tells the cipher suite. Belongs
/// to its channel's event loop and is touched there alone, which is why it may call itself sendable.
final class TLSGate: ChannelDuplexHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case closed
        case secured
        case open
    }

    private let endpoint: TLSEndpoint
    private let connection: Connection
    private var machine: TLSGateMachine
    private var state = State.closed
    private var held = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    /// The number of the cipher suite that the handshake chose, once it has.
    private(set) var cipherSuite: UInt16?

    init(endpoint: TLSEndpoint, connection: Connection, allowsPlain: Bool) {
        self.endpoint = endpoint
        self.connection = connection
        machine = TLSGateMachine(greeting: endpoint.greeting, allowsPlain: allowsPlain, timeout: endpoint.timeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        perform(machine.start())
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .closed else {
            context.fireChannelRead(data)
            return
        }
        guard connection.closeReason == nil else { return }
        var bytes = unwrapInboundIn(data)
        held.writeBuffer(&bytes)
        examine()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if state == .secured, cipherSuite == nil {
            cipherSuite = TLSAlgorithms.cipherSuite(inServerHello: unwrapOutboundIn(data).readableBytesView)
        }
        context.write(data, promise: promise)
    }

    /// Asks the machine about the bytes held until it wants no more of them.
    private func examine() {
        let action = machine.received(held.readableBytesView)
        perform(action)
        if action == .expectHandshake, state == .closed { examine() }
    }

    private func perform(_ action: TLSGateMachine.Action) {
        guard let context, connection.closeReason == nil else { return }
        switch action {
        case .keepWaiting: break
        case .wait(let time):
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
                self.perform(self.machine.expired())
            }
        case .sendInfo:
            connection.sendInfo()
            perform(machine.start())
        case .expectHandshake:
            timer?.cancel()
            connection.expectHandshake(endpoint)
        case .secure: secure(context)
        case .goPlain:
            timer?.cancel()
            state = .open
            connection.startServing()
            release(context)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        case .refuse: connection.failHandshake("tls: first record does not look like a TLS handshake", isProbe: true)
        }
    }

    private func secure(_ context: ChannelHandlerContext) {
        do {
            let handler = NIOSSLServerHandler(context: endpoint.context)
            state = .secured
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
            release(context)
        } catch {
            connection.failHandshake(TLSFailure.sentence(error), isProbe: false)
        }
    }

    /// Lets the held bytes through.
    private func release(_ context: ChannelHandlerContext) {
        guard held.readableBytes > 0 else { return }
        let bytes = held
        held = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }
}
