import Foundation

/// Measures both servers in turns, and prints medians and ratios.
struct Report {
    let natsload: String
    /// The bundled broker and the real one, in this order.
    let contenders: [Contender]
    /// The folder of the servers' configuration files.
    let configurations: String
    let rounds: Int

    /// - Returns: whether every bar holds.
    func run(_ scenarios: [Scenario]) throws -> Bool {
        Self.write(
            "                                     launchpad    nats-server     ratio   (lowest to highest)   bar")
        var holds = true
        for scenario in scenarios where try !run(scenario) { holds = false }
        return holds
    }

    private func run(_ scenario: Scenario) throws -> Bool {
        var runs: [[[Double]]] = [[], []]
        let configuration =
            scenario.configuration == TLSConfiguration.name
            ? try TLSConfiguration.make() : configurations + "/" + scenario.configuration
        defer { TLSConfiguration.remove(configuration) }
        // Load finds servers that have run for a while; the other scenarios are about new ones.
        var servers: [Server] = []
        if case .load = scenario.kind {
            servers = try contenders.map { try Server($0, configuration: configuration) }
        }
        defer { for server in servers { server.stop() } }
        for round in 0..<rounds {
            // Who goes first changes, so that neither always finds the machine as the other left it.
            for index in round % 2 == 0 ? [0, 1] : [1, 0] {
                runs[index].append(
                    try measure(scenario, contenders[index], servers.isEmpty ? nil : servers[index], configuration))
            }
        }
        let results = scenario.bars.indices.map { value in
            show(scenario, value, ours: runs[0].map { $0[value] }, theirs: runs[1].map { $0[value] })
        }
        return results.allSatisfy { $0 }
    }

    private func measure(
        _ scenario: Scenario, _ contender: Contender, _ server: Server?, _ configuration: String
    ) throws -> [Double] {
        switch scenario.kind {
        case .load(let arguments, let values):
            guard let server else { return [] }
            let numbers = try Command.numbers([natsload, "\(server.port)"] + arguments)
            return values.map { numbers[$0] ?? .nan }
        case .start:
            let port = try Server.freePort()
            let command = contender.arguments(port: port, configuration: configuration)
            return [try Command.numbers([natsload, "\(port)", "start"] + command)["start"] ?? .nan]
        case .memory(let connections):
            let server = try Server(contender, configuration: configuration)
            defer { server.stop() }
            return [try Crowd.memory(of: server, connections: connections, natsload)]
        }
    }

    private func show(_ scenario: Scenario, _ value: Int, ours: [Double], theirs: [Double]) -> Bool {
        let ratios = zip(ours, theirs).map { $0 / $1 }.sorted()
        let ratio = ratios[ratios.count / 2]
        let bar = scenario.bars[value]
        let holds = bar.holds(ratio)
        var name = scenario.name
        if case .load(_, let values) = scenario.kind, values.count > 1 { name += ", " + values[value] }
        name += " (\(scenario.unit))"
        let title = name.padding(toLength: 34, withPad: " ", startingAt: 0)
        let sides = [ours, theirs].map { Self.format($0.sorted()[$0.count / 2]) }.joined(separator: "   ")
        let spread = String(format: "%7.2f   (%.2f to %.2f)", ratio, ratios[0], ratios[ratios.count - 1])
        let limit =
            switch bar {
            case .atLeast(let least): "≥ \(least)"
            case .atMost(let most): "≤ \(most)"
            }
        Self.write("\(title) \(sides)   \(spread)   \(limit) \(holds ? "" : "  MISSED")")
        return holds
    }

    /// Writes a line at once: a run takes minutes, and its output often goes through a pipe.
    private static func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func format(_ number: Double) -> String {
        String(format: number < 1000 ? "%12.2f" : "%12.0f", number)
    }
}
