import GoFormats
import JetStream
import NATSWire
import NIOCore
import NIOPosix
import Synchronization

/// JetStream of the whole server: its threads, and a worker for each account that has streams.
///
/// An account stays with one thread. Threads are event loops without sockets, so that waiting for the disk keeps no client
/// waiting. Where one event loop serves all clients, since there are so few processors, it serves the streams, too, unless each
/// write waits for the disk: a message is stored in less time than it takes to wake another thread.
final class JetStreamEngine: Sendable {
    /// Threads of its own; nil where the clients' event loop does the work.
    private let group: MultiThreadedEventLoopGroup?
    private let state: Mutex<State>
    private let usage = ServerUsage()

    private struct State {
        var setup: JetStreamSetup
        var workers: [String: StreamWorker] = [:]
        /// Answers in accounts that have no JetStream.
        var refusals: [String: Subscription] = [:]
        /// Keeps other servers out of the directory.
        var lock: Int32?
    }

    /// Why JetStream can't start, in nats-server's words.
    struct Failure: StartFailure {
        var reason: String

        var message: String { "Can't start JetStream: \(reason)" }
    }

    /// - Parameter clientThreads: how many event loops serve clients.
    init(_ setup: JetStreamSetup, clientThreads: Int) {
        state = Mutex(State(setup: setup))
        let isShared = clientThreads == 1 && !setup.syncsAlways
        // The event loops that serve clients have half of the processors, too.
        group = isShared ? nil : MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount / 2))
    }

    var setup: JetStreamSetup { state.withLock { $0.setup } }

    /// The workers of all accounts that have JetStream, by the accounts' names.
    var workers: [StreamWorker] {
        state.withLock { $0.workers.values.sorted { $0.account.name < $1.account.name } }
    }

    func worker(of account: String) -> StreamWorker? { state.withLock { $0.workers[account] } }

    // MARK: Life

    /// Looks whether there is a place to store, and takes up what is there.
    ///
    /// - Throws: ``Failure``.
    func start(_ broker: Broker) async throws {
        let setup = setup
        let started = WallClock.now()
        broker.log.info("Starting JetStream")
        if setup.isTemporary {
            broker.log.warning("Temporary storage directory used, data could be lost on system reboot")
        }
        try StoreDirectory.prepare(setup.storeDirectory)
        // Nothing is expected to last there, and servers of several projects may share it, as with nats-server.
        if !setup.isTemporary {
            let lock = try await StoreDirectory.lock(setup.storeDirectory)
            state.withLock { $0.lock = lock }
        }
        announce(setup, broker.log)
        do throws(Failure) {
            try checkReservations(broker.settings)
        } catch {
            throw Failure(reason: "Error enabling jetstream on configured accounts: \(error.reason)")
        }
        await configure(broker)
        let took = Duration.nanoseconds(WallClock.now().nanoseconds - started.nanoseconds)
        broker.log.info("Took \(GoDuration.described(took)) to start JetStream")
    }

    private func announce(_ setup: JetStreamSetup, _ log: ServerLog) {
        log.info("---------------- JETSTREAM ----------------")
        if setup.streams.isStrict { log.info("  Strict:          true") }
        log.info("  Max Memory:      \(FriendlyBytes.text(setup.streams.maxMemory))")
        log.info("  Max Storage:     \(FriendlyBytes.text(setup.streams.maxStore))")
        log.info("  Store Directory: \"\(setup.storeDirectory)\"")
        if !setup.streams.domain.isEmpty { log.info("  Domain:          \(setup.streams.domain)") }
        log.info("  API Level:       \(JetStreamSettings.level)")
        log.info("-------------------------------------------")
    }

    /// What accounts are granted may not be more than there is. As with nats-server, what is free on the disk at the time is no bound.
    private func checkReservations(_ settings: BrokerSettings) throws(Failure) {
        let limits = settings.jetStreamAccounts.values
        let setup = setup
        if Self.sum(limits.map(\.maxMemory)) > setup.streams.maxMemory {
            throw Failure(reason: "insufficient memory resources available (10028)")
        }
        if setup.isStoreBounded, Self.sum(limits.map(\.maxStore)) > setup.streams.maxStore {
            throw Failure(reason: "insufficient storage resources available (10047)")
        }
    }

    /// Of what is bounded, the largest number where it is even more.
    private static func sum(_ bounds: [Int64]) -> Int64 {
        bounds.reduce(0) { sum, bound in
            let (next, overflow) = sum.addingReportingOverflow(max(0, bound))
            return overflow ? .max : next
        }
    }

    /// Gives accounts what configuration says now: streams, other limits, or none any more.
    func configure(_ broker: Broker) async {
        let settings = broker.settings
        let setup = setup
        for account in broker.accounts {
            guard account !== broker.systemAccount, let limits = settings.jetStreamAccounts[account.name] else {
                await disable(account, broker)
                continue
            }
            if let worker = worker(of: account.name) {
                let bounds = setup.streams
                _ = try? await worker.submit {
                    $0.limits = limits
                    $0.settings.adoptLimits(of: bounds)
                }.get()
                continue
            }
            if let refusal = state.withLock({ $0.refusals.removeValue(forKey: account.name) }) {
                account.remove(refusal)
            }
            let mailbox = group.map { LoopMailbox(eventLoop: $0.next()) } ?? broker.anyMailbox()
            let worker = StreamWorker(account: account, broker: broker, settings: settings, mailbox: mailbox)
            state.withLock { $0.workers[account.name] = worker }
            _ = try? await worker.eventLoop.submit { [usage] in
                worker.open(setup, limits: limits, usage: usage)
            }.get()
        }
    }

    private func disable(_ account: Account, _ broker: Broker) async {
        if let worker = state.withLock({ $0.workers.removeValue(forKey: account.name) }) {
            _ = try? await worker.eventLoop.submit { worker.close() }.get()
        }
        guard state.withLock({ $0.refusals[account.name] == nil }) else { return }
        let refusal = broker.client(inside: account).serve("$JS.API.>", sid: 0) { [weak broker] request in
            broker?.refuseStreams(request)
        }
        state.withLock { $0.refusals[account.name] = refusal }
    }

    /// Stores what came in, closes the stores and ends the threads.
    func stop(_ log: ServerLog) async {
        log.info("Initiating JetStream Shutdown...")
        let (workers, refusals) = state.withLock { state in
            defer {
                state.workers = [:]
                state.refusals = [:]
            }
            return (Array(state.workers.values), Array(state.refusals.values))
        }
        for refusal in refusals { refusal.account.remove(refusal) }
        for worker in workers { _ = try? await worker.eventLoop.submit { worker.close() }.get() }
        await endThreads()
        if let lock = state.withLock({ $0.lock.take() }) { StoreDirectory.unlock(lock) }
        log.info("JetStream Shutdown")
    }

    func endThreads() async {
        try? await group?.shutdownGracefully()
    }

    /// Takes over limits of the server that may change while it runs.
    func adopt(_ setup: JetStreamSetup) {
        state.withLock { state in
            state.setup.streams.adoptLimits(of: setup.streams)
            state.setup.limits = setup.limits
        }
    }
}

extension JetStreamSettings {
    /// Takes over what a reload may change.
    fileprivate mutating func adoptLimits(of other: JetStreamSettings) {
        maxMemory = other.maxMemory
        maxStore = other.maxStore
        maxDuplicateWindow = other.maxDuplicateWindow
        maxAckPending = other.maxAckPending
        maxRequestBatch = other.maxRequestBatch
    }
}

/// Why a server can't start; logged as fatal.
protocol StartFailure: Error {
    /// nats-server's line for it.
    var message: String { get }
}
