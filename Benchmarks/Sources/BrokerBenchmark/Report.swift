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
        Table.header("launchpad", "nats-server")
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
        let folder = scenario.usesStreams ? try StoreFolder() : nil
        // Load finds servers that have run for a while; the other scenarios are about new ones.
        var servers: [Server] = []
        if case .load = scenario.kind {
            servers = try contenders.map { try Server($0, configuration: configuration, folder: folder?.next()) }
        }
        defer {
            for server in servers { server.stop() }
            folder?.remove()
        }
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
        var name = scenario.name
        if case .load(_, let values) = scenario.kind, values.count > 1 { name += ", " + values[value] }
        return Table.row("\(name) (\(scenario.unit))", ours, theirs, scenario.bars[value])
    }
}
