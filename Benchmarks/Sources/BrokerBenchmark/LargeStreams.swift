import Foundation

/// What does not grow with what a stream holds, or hardly: how long it takes to open, what it takes of memory, and what a message
/// costs.
struct LargeStreams {
    let natsload: String
    /// The bundled broker and the real one, in this order.
    let contenders: [Contender]
    let configuration: String
    let rounds: Int

    private static let many = 10_000_000
    private static let few = 10_000
    private static let manySubjects = 10_000

    /// - Returns: whether every bar holds.
    func run() throws -> Bool {
        let folder = try StoreFolder()
        defer { folder.remove() }
        let stored = try contenders.map { try fill($0, folder.next()) }
        let holds = [
            Table.row("held, 10 million (MB)", [stored[0].memory], [stored[1].memory], .atMost(0.5)),
            try compareOpening(stored, "killed", count: 1),
            try compareOpening(stored, "stopped", count: min(3, rounds)),
            try compareSizes(stored[0], folder),
            try compareSubjects(folder),
        ]
        return holds.allSatisfy { $0 }
    }

    /// A stream with many messages in a folder, and what it took of memory while its server ran.
    private struct Stored {
        var contender: Contender
        var folder: String
        var memory: Double
    }

    /// Stores many messages, and kills the server.
    private func fill(_ contender: Contender, _ folder: String) throws -> Stored {
        let server = try Server(contender, configuration: configuration, folder: folder)
        defer { server.kill() }
        _ = try load(server, ["store", "count=\(Self.many)", "size=16", "window=4096"])
        sleep(3)
        return Stored(contender: contender, folder: folder, memory: server.residentMemory ?? .nan)
    }

    private func load(_ server: Server, _ arguments: [String]) throws -> [String: Double] {
        try Command.numbers([natsload, "\(server.port)"] + arguments)
    }

    // MARK: Opening

    private func compareOpening(_ stored: [Stored], _ how: String, count: Int) throws -> Bool {
        var runs: [[[String: Double]]] = [[], []]
        for _ in 0..<count {
            for (side, stored) in stored.enumerated() { runs[side].append(try open(stored)) }
        }
        // What follows finds servers that were stopped.
        for stored in stored {
            try Server(stored.contender, configuration: configuration, folder: stored.folder).stop()
        }
        let sides = { (name: String) in runs.map { $0.map { $0[name] ?? .nan } } }
        let (times, memory) = (sides("start"), sides("memory"))
        let holds = Table.row("opening, \(how) before (ms)", times[0], times[1], .atMost(0.5))
        return Table.row("opened, \(how) before (MB)", memory[0], memory[1], .atMost(0.5)) && holds
    }

    private func open(_ stored: Stored) throws -> [String: Double] {
        let port = try Server.freePort()
        let command = stored.contender.arguments(port: port, configuration: configuration, folder: stored.folder)
        return try Command.numbers([natsload, "\(port)", "start", "messages=\(Self.many)"] + command)
    }

    // MARK: Costs

    private func compareSizes(_ large: Stored, _ folder: StoreFolder) throws -> Bool {
        Table.header("10 million", "10 thousand")
        let servers = [
            try Server(large.contender, configuration: configuration, folder: large.folder),
            try Server(large.contender, configuration: configuration, folder: folder.next()),
        ]
        defer { for server in servers { server.stop() } }
        _ = try load(servers[1], ["store", "count=\(Self.few)", "size=16"])
        let sizes = [Self.many, Self.few]
        let holds = [
            try compareLoad("get by sequence (µs)", servers, "p50", .atMost(1.3)) {
                ["get", "count=20000", "messages=\(sizes[$0])"]
            },
            try compareLoad("get by subject (µs)", servers, "p50", .atMost(1.3)) { _ in ["get", "count=20000"] },
            try compareLoad("pull (msg/s)", servers, "rate", .atLeast(0.75)) { _ in
                ["fetch", "count=\(Self.few)", "size=16", "keep=1"]
            },
            // Last, since the small stream grows by it. Still it is the smaller one by far.
            try compareLoad("publish (msg/s)", servers, "rate", .atLeast(0.75)) { _ in
                ["store", "count=200000", "size=16", "keep=1"]
            },
        ]
        return holds.allSatisfy { $0 }
    }

    private func compareSubjects(_ folder: StoreFolder) throws -> Bool {
        Table.header("10,000 subj.", "1 subject")
        let servers = try (0..<2).map { _ in
            try Server(contenders[0], configuration: configuration, folder: folder.next())
        }
        defer { for server in servers { server.stop() } }
        let subjects = [Self.manySubjects, 1]
        let holds = [
            try compareLoad("publish (msg/s)", servers, "rate", .atLeast(0.6)) {
                ["store", "count=400000", "subjects=\(subjects[$0])"]
            },
            try compareLoad("pull (msg/s)", servers, "rate", .atLeast(0.6)) { _ in
                ["fetch", "count=400000", "keep=1"]
            },
            try compareLoad("get by subject (µs)", servers, "p50", .atMost(1.5)) {
                ["get", "count=20000", "subjects=\(subjects[$0])"]
            },
        ]
        return holds.allSatisfy { $0 }
    }

    /// Loads both servers in turns.
    private func compareLoad(
        _ name: String, _ servers: [Server], _ value: String, _ bar: Scenario.Bar, _ arguments: (Int) -> [String]
    ) throws -> Bool {
        var runs: [[Double]] = [[], []]
        for round in 0..<rounds {
            for side in round % 2 == 0 ? [0, 1] : [1, 0] {
                runs[side].append(try load(servers[side], arguments(side))[value] ?? .nan)
            }
        }
        return Table.row(name, runs[0], runs[1], bar)
    }
}
