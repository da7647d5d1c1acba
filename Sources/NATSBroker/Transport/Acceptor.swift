import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes clients from a listening socket, on a thread of its own, and hands each of them to an event loop.
///
/// The classes of NIO's server channels take the runtime a fifth of a start to put together, and would do so while the first
/// client waits; and on a loop of its own nobody who connects over and over keeps others from being served.
final class Acceptor: Sendable {
    private enum State {
        case open
        case closing(CheckedContinuation<Void, Never>)
        case closed
    }

    private let socket: ListeningSocket
    /// The address as messages name it.
    private let address: String
    private let group: MultiThreadedEventLoopGroup
    private let log: ServerLog
    private let initialize: @Sendable (any Channel) throws -> Void
    /// A pipe; what is written to it wakes the thread.
    private let wakeup: (reading: Int32, writing: Int32)
    private let state = Mutex(State.open)

    /// - Parameters:
    ///   - socket: belongs to the acceptor from now on.
    ///   - initialize: makes a client's channel ready, on its event loop. A channel that it throws for is closed.
    /// - Throws: the system's error, where there are no more descriptors or threads. The socket is closed then.
    init(
        _ socket: ListeningSocket,
        _ address: String,
        _ group: MultiThreadedEventLoopGroup,
        _ log: ServerLog,
        _ initialize: @escaping @Sendable (any Channel) throws -> Void
    ) throws(ListeningSocket.Failure) {
        guard let wakeup = systemPipe() else {
            systemClose(socket.descriptor)
            throw .system(errno)
        }
        self.wakeup = wakeup
        self.socket = socket
        self.address = address
        self.group = group
        self.log = log
        self.initialize = initialize
    }

    /// Begins to accept. Whoever has connected before has waited for it.
    ///
    /// - Throws: the system's error, where there are no more threads.
    func start() throws(ListeningSocket.Failure) {
        let code = systemDetachThread { self.run() }
        guard code == 0 else {
            end()
            throw .system(code)
        }
    }

    /// Ends accepting, and returns when the address is free again.
    ///
    /// - Returns: false where that was done before.
    func close() async -> Bool {
        var isFirst = false
        await withCheckedContinuation { continuation in
            isFirst = state.withLock { state in
                guard case .open = state else { return false }
                state = .closing(continuation)
                return true
            }
            if isFirst { systemWriteAll(wakeup.writing, "x") } else { continuation.resume() }
        }
        return isFirst
    }

    // MARK: The thread

    private func run() {
        let (listening, waking) = (socket.descriptor, wakeup.reading)
        var awaited = [listening, waking].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var pause: Int32 = 0
        while true {
            // After a failure nobody is taken for a while: the one who waits would wake the thread at once.
            let count = pause > 0 ? poll(&awaited[1], 1, pause) : poll(&awaited, 2, -1)
            if count > 0, awaited[1].revents != 0 { break }
            switch takeAll(listening) {
            case 0: pause = 0
            case let code:
                pause = min(max(10, pause * 2), 1_000)
                let reason = "accept tcp \(address): accept4: \(systemErrorText(code))"
                log.error("Temporary Client Accept Error(\(reason)), sleeping \(pause)ms")
            }
        }
        end()
    }

    /// Takes everybody who waits.
    ///
    /// - Returns: the system's error where that ended early, or else 0.
    private func takeAll(_ listening: Int32) -> Int32 {
        while true {
            let descriptor = systemAccept(listening)
            if descriptor >= 0 {
                admit(descriptor)
                continue
            }
            switch errno {
            case EAGAIN, EWOULDBLOCK: return 0
            case EINTR, ECONNABORTED: continue
            case let code: return code
            }
        }
    }

    private func admit(_ descriptor: Int32) {
        let (loop, initialize, log) = (group.next(), initialize, log)
        loop.execute {
            ClientBootstrap(group: loop)
                .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initialize(channel) } }
                .withConnectedSocket(descriptor)
                .whenFailure { error in log.debug("A client was not taken in: \(error)") }
        }
    }

    private func end() {
        systemClose(socket.descriptor)
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .closed }
            guard case .closing(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume()
    }

    deinit {
        systemClose(wakeup.reading)
        systemClose(wakeup.writing)
    }
}
