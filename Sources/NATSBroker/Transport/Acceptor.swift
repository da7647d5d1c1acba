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
/// client waits; and on a loop of its own nobody who connects over and over keeps others from being served. That many are
/// handed over at a time as loops can take in; the others wait in the system's queue, which is bounded, where they cost no
/// descriptors and keep those who come later from nothing.
final class Acceptor: Sendable {
    private struct State {
        enum Phase {
            case open
            case closing(CheckedContinuation<Void, Never>)
            case closed
        }

        var phase = Phase.open
        /// How many clients were handed over and have not been taken in.
        var arriving = 0
        /// Whether the thread waits for some of them to be.
        var isFull = false
    }

    /// How many clients may be on their way to the event loops.
    private static let mostArriving = 128

    private let socket: ListeningSocket
    /// The address as messages name it.
    private let address: String
    private let group: MultiThreadedEventLoopGroup
    private let log: ServerLog
    private let initialize: @Sendable (any Channel) throws -> Void
    /// A pipe; what is written to it wakes the thread.
    private let wakeup: (reading: Int32, writing: Int32)
    private let state = Mutex(State())

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
                guard case .open = state.phase else { return false }
                state.phase = .closing(continuation)
                return true
            }
            if isFirst { wake() } else { continuation.resume() }
        }
        return isFirst
    }

    private func wake() {
        systemWriteAll(wakeup.writing, "x")
    }

    // MARK: The thread

    private func run() {
        let (listening, waking) = (socket.descriptor, wakeup.reading)
        var awaited = [listening, waking].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var pause: Int32 = 0
        while isOpen {
            // After a failure nobody is taken for a while: the one who waits would wake the thread at once.
            let isFull = isFull
            let count =
                pause > 0 || isFull ? poll(&awaited[1], 1, isFull ? -1 : pause) : poll(&awaited, 2, -1)
            if count > 0, awaited[1].revents != 0 {
                var byte: UInt8 = 0
                _ = read(waking, &byte, 1)
                continue
            }
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

    private var isOpen: Bool {
        state.withLock { if case .open = $0.phase { true } else { false } }
    }

    /// Whether nobody more may be handed over until ``wake()``.
    private var isFull: Bool {
        state.withLock { state in
            state.isFull = state.arriving >= Self.mostArriving
            return state.isFull
        }
    }

    /// Takes everybody who waits, as long as they can be handed over.
    ///
    /// - Returns: the system's error where that ended early, or else 0.
    private func takeAll(_ listening: Int32) -> Int32 {
        while !isFull {
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
        return 0
    }

    private func admit(_ descriptor: Int32) {
        let (loop, initialize, log) = (group.next(), initialize, log)
        state.withLock { $0.arriving += 1 }
        loop.execute {
            ClientBootstrap(group: loop)
                .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initialize(channel) } }
                .withConnectedSocket(descriptor)
                .whenComplete { result in
                    if case .failure(let error) = result { log.debug("A client was not taken in: \(error)") }
                    self.hasArrived()
                }
        }
    }

    private func hasArrived() {
        let hasRoom = state.withLock { state in
            state.arriving -= 1
            guard state.isFull, state.arriving <= Self.mostArriving / 2 else { return false }
            state.isFull = false
            return true
        }
        if hasRoom { wake() }
    }

    private func end() {
        systemClose(socket.descriptor)
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state.phase = .closed }
            guard case .closing(let continuation) = state.phase else { return nil }
            return continuation
        }
        waiting?.resume()
    }

    deinit {
        systemClose(wakeup.reading)
        systemClose(wakeup.writing)
    }
}
