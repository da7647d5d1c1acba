import Foundation

/// What the clients of a case saw, in a form in which two servers can be compared.
enum Transcript {
    /// Fields of INFO that differ from server to server and from run to run.
    private static let volatile = ["server_id", "server_name", "go", "port", "client_id", "nonce"]
    /// Fields that only the real server has: the commit that it was built from, and the key of a protocol between servers
    /// and auth callouts.
    private static let absent = ["git_commit", "xkey"]

    /// Runs a case against the server on `port` and returns what each client received, by client.
    static func run(_ test: ConformanceFile.Case, port: Int) throws -> [String: String] {
        var clients: [String: RawClient] = [:]
        for step in test.steps {
            let client: RawClient
            if let known = clients[step.client] {
                client = known
            } else {
                client = try RawClient(port: port)
                try client.read(until: "\r\n")
                clients[step.client] = client
            }
            switch step.action {
            case .send(let bytes): client.send(try Placeholders.resolve(bytes, client))
            case .synchronize: try client.synchronize()
            case .awaitClose: try client.readToEnd()
            case .readLine: try client.read(until: "\r\n")
            case .awaitText(let text): try client.read(until: text)
            case .close: client.shutDown()
            }
        }
        for client in clients.values where !client.isClosed { try client.synchronize() }
        return clients.mapValues { text(of: $0) }
    }

    private static func text(of client: RawClient) -> String {
        let text = String(decoding: client.received, as: UTF8.self)
        let lines = text.replacingOccurrences(of: "\r\n", with: "␍\n").components(separatedBy: "\n")
        return Volatile.masked(lines).map(masked).joined(separator: "\n") + (client.isClosed ? "\n(closed)" : "")
    }

    private static func masked(_ line: String) -> String {
        guard line.hasPrefix("INFO "),
            var info = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(5).dropLast().utf8))
                as? [String: Any]
        else { return line }
        for key in volatile where info[key] != nil { info[key] = "…" }
        for key in absent { info[key] = nil }
        guard let data = try? JSONSerialization.data(withJSONObject: info, options: .sortedKeys) else { return line }
        return "INFO " + String(decoding: data, as: UTF8.self)
    }
}
