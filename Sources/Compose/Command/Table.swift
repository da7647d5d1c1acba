import Guides

/// A table as `docker` prints it: columns with three blanks between them, as wide as their longest cell.
struct Table {
    private var rows: [[String]]
    private let minimum: Int

    /// - Parameter minimum: the least width of a column, with its blanks.
    init(_ header: [String], minimum: Int = 10) {
        rows = [header]
        self.minimum = minimum
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        let widths = rows[0].indices.map { column in
            max(minimum, (rows.map { $0[column].count }.max() ?? 0) + 3)
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined() + "\n"
        }.joined()
    }
}

/// Lengths of time as people say them.
enum HumanTime {
    /// `Less than a second`, `3 seconds`, `About a minute`.
    static func text(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds))
        switch whole {
        case 0: return "Less than a second"
        case 1: return "1 second"
        case 2..<60: return "\(whole) seconds"
        case 60..<120: return "About a minute"
        case 120..<2760: return "\(whole / 60) minutes"
        case 2760..<5400: return "About an hour"
        case 5400..<172_800: return "\((whole + 1800) / 3600) hours"
        default: return "\(whole / 86_400) days"
        }
    }
}

extension ContainerInfo {
    /// `Up 3 seconds (healthy)`, `Exited (0) 2 minutes ago`.
    var status: String {
        let now = Clock.now()
        switch state {
        case .created: return "Created"
        case .running:
            let health = health.map { $0 == .starting ? " (health: starting)" : " (\($0.rawValue))" } ?? ""
            return "Up \(HumanTime.text(now - (startedAt ?? now)))\(health)"
        case .restarting: return "Restarting (\(exitStatus)) \(HumanTime.text(now - (finishedAt ?? now))) ago"
        case .exited: return "Exited (\(exitStatus)) \(HumanTime.text(now - (finishedAt ?? now))) ago"
        }
    }

    /// The command, as tables show it.
    func command(isWhole: Bool = false) -> String {
        let text = spec.arguments.map { argument in
            argument.isEmpty || argument.contains(where: { " \"'\\$&;|<>()*?#~`".contains($0) || $0.isWhitespace })
                ? "'\(argument)'" : argument
        }.joined(separator: " ")
        guard !isWhole, text.count > 20 else { return "\"\(text)\"" }
        return "\"\(text.prefix(19))…\""
    }

    /// The ports of the image and the published ones.
    var publishers: [(address: String, target: Int, published: Int, protocolName: String)] {
        guard state == .running || state == .restarting else { return [] }
        var result: [(address: String, target: Int, published: Int, protocolName: String)] = []
        for port in ports {
            let hosts = port.hostAddress.map { [$0] } ?? ["0.0.0.0", "[::]"]
            for host in hosts { result.append((host, port.target, port.published ?? 0, port.protocolName)) }
        }
        for target in spec.standIn.map.ports where !ports.contains(where: { $0.target == target }) {
            result.append(("", target, 0, "tcp"))
        }
        return result.sorted { ($0.target, $0.published, $0.address) < ($1.target, $1.published, $1.address) }
    }

    /// `0.0.0.0:4222->4222/tcp, 6222/tcp`.
    var portsText: String {
        publishers.map { port in
            port.published == 0
                ? "\(port.target)/\(port.protocolName)"
                : "\(port.address):\(port.published)->\(port.target)/\(port.protocolName)"
        }.joined(separator: ", ")
    }
}
