import NATSClient
import Synchronization

/// Lets the clients of a benchmark work, each over a connection of its own, and reports what they did.
struct BenchRun: Sendable {
    let settings: BenchSettings
    let progress: BenchProgress

    init(_ settings: BenchSettings) {
        self.settings = settings
        let isShown = settings.invocation[BenchFlags.progress]
        let each = settings.kind.isSending || settings.kind == .consume || settings.kind == .fetch
        let total = settings.messages * (each ? 1 : settings.clients)
        progress = BenchProgress(isShown ? Progress(total: total, console: settings.invocation.console) : nil)
    }

    /// One client: what it is to do.
    struct Client: Sendable {
        /// Counted from 0.
        var number: Int
        var connection: NATSConnection
        /// How many messages it has.
        var messages: Int
        /// How many messages clients before it have.
        var offset: Int
    }

    /// What a client measured.
    struct Measurement: Sendable {
        var start: ContinuousClock.Instant
        var end: ContinuousClock.Instant
        var latencies: [Int64] = []
        /// How many messages the connection carried for each of the client's.
        var carriedPerMessage = 1
    }

    /// Runs all clients to their end.
    ///
    /// - Parameter shares: how many messages each client has.
    func callAsFunction(
        shares: [Int],
        _ work: @escaping @Sendable (Client, BenchPace) async throws -> Measurement
    ) async throws {
        let invocation = settings.invocation
        var clients: [Client] = []
        defer {
            for client in clients { client.connection.close() }
        }
        for (number, share) in shares.enumerated() {
            let connection: NATSConnection
            do {
                connection = try await invocation.connect { options in
                    options.pendingMessageLimit = .max
                    options.pendingByteLimit = .max
                }
            } catch {
                throw CommandError("client number \(number) failed to connect: \(error)")
            }
            let offset = shares.prefix(number).reduce(0, +)
            clients.append(Client(number: number, connection: connection, messages: share, offset: offset))
        }
        for client in clients {
            let task =
                settings.kind == .serve
                ? "hit control-c to stop" : "\(settings.kind.task) \(Humanized.count(client.messages)) messages"
            invocation.console.log("[\(client.number + 1)] Starting \(settings.kind.label), \(task)")
        }
        let outcomes = await run(clients, work)
        var failure: (any Error)?
        for (number, outcome) in outcomes.enumerated() {
            guard case .failure(let error) = outcome else { continue }
            invocation.console.log("Error from client \(number): \(error)")
            failure = failure ?? error
        }
        if let failure { throw failure }
        try report(try outcomes.map { try $0.get() })
    }

    private func run(
        _ clients: [Client],
        _ work: @escaping @Sendable (Client, BenchPace) async throws -> Measurement
    ) async -> [Result<BenchSample, any Error>] {
        await withTaskGroup(of: (Int, Result<BenchSample, any Error>).self) { group in
            for client in clients {
                group.addTask {
                    do {
                        let pace = BenchPace(settings, clients: clients.count)
                        let measured = try await work(client, pace)
                        let sample = BenchSample(
                            messages: client.messages, bytes: client.messages * settings.size,
                            carried: client.messages * measured.carriedPerMessage, start: measured.start,
                            end: measured.end, latencies: measured.latencies)
                        return (client.number, .success(sample))
                    } catch {
                        return (client.number, .failure(error))
                    }
                }
            }
            var outcomes: [(Int, Result<BenchSample, any Error>)] = []
            for await outcome in group {
                outcomes.append(outcome)
            }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func report(_ samples: [BenchSample]) throws {
        let console = settings.invocation.console
        let report = BenchReport(kind: settings.kind, samples: samples)
        console.print("\n" + report.text)
        if let path = settings.invocation[BenchFlags.csv] {
            try FileSystem.replace(path, with: Array(report.csv.utf8))
            console.print("Saved metric data in csv file \(path)")
        }
    }
}

/// How far all clients are together.
final class BenchProgress: Sendable {
    private let progress: Progress?
    private let done = Atomic(0)

    init(_ progress: Progress?) {
        self.progress = progress
    }

    func advance(by count: Int = 1) {
        guard let progress else { return }
        progress.advance(to: done.add(count, ordering: .relaxed).newValue)
    }
}

/// How fast one client works: with a pause after each message, and no more messages a second than its share.
struct BenchPace: Sendable {
    private let pause: Duration
    private let rate: Double
    private let start = ContinuousClock.now

    init(_ settings: BenchSettings, clients: Int) {
        pause = settings.invocation[BenchFlags.sleep]
        let throughput = settings.kind.isSending ? settings.invocation[BenchFlags.throughput] : 0
        rate = Double(throughput) / Double(max(1, clients))
    }

    /// Waits until the next message is due.
    ///
    /// - Parameter sent: how many this client has sent.
    /// - Returns: how long it waited.
    @discardableResult
    func wait(after sent: Int) async throws -> Duration {
        var wait = pause
        if rate > 0 {
            wait = max(wait, .seconds(Double(sent) / rate) - (ContinuousClock.now - start))
        }
        guard wait > .zero else { return .zero }
        try await Task.sleep(for: wait)
        return wait
    }
}
