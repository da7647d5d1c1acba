import Foundation
import Testing

@Suite("The broker, ended in the middle of its work", .serialized)
struct CrashTests {
    /// How often it is ended; `make crash-test` asks for more.
    static let rounds = ProcessInfo.processInfo.environment["CRASH_ROUNDS"].flatMap(Int.init) ?? 100

    @Test("loses nothing that it promised to keep, and delivers nothing again that was acknowledged")
    func losesNothing() async throws {
        try await onThread {
            let seed = UInt64.random(in: .min ... .max)
            var random = SeededGenerator(seed: seed)
            // A handful of servers on stores of their own, so that stores are young and old when they are hit.
            var left = Self.rounds
            while left > 0 {
                let rounds = min(left, 25)
                left -= rounds
                let sync = left / 25 % 3 == 0 ? "sync_interval: always" : ""
                let violations = try Self.run(rounds, sync, &random)
                #expect(violations == [], "seed \(seed)")
                guard violations.isEmpty else { return }
            }
        }
    }

    private static func run(_ rounds: Int, _ settings: String, _ random: inout SeededGenerator) throws -> [String] {
        let server = try StreamServer(settings)
        let load = CrashLoad()
        for _ in 0..<rounds {
            try server.start()
            let client = try StreamClient(port: server.port, user: nil)
            try load.prepare(client)
            try load.check(client)
            let worker = try StreamClient(port: server.port, user: nil)
            let end = Date().addingTimeInterval(Double.random(in: 0.002...0.12, using: &random))
            load.run(worker, until: end, random: &random)
            server.kill()
            load.finish(worker)
            guard load.violations.isEmpty else { return load.violations }
        }
        try server.start()
        let client = try StreamClient(port: server.port, user: nil)
        try load.check(client)
        var problems = load.violations
        if server.log.contains("was not recovered") { problems.append("a store did not open:\n\(server.log)") }
        let stored = load.stored.values.reduce(0) { $0 + $1.count }
        let confirmed = load.confirmed.values.reduce(0) { $0 + $1.count }
        if stored < rounds || confirmed < rounds || load.batches.found < rounds {
            problems.append("only \(stored) stored, \(confirmed) confirmed, \(load.batches.found) batches")
        }
        return problems
    }
}
