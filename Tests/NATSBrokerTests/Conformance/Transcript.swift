import Foundation

/// What the clients of a case saw, in a form in which two servers can be compared.
enum Transcript {
    /// Fields of INFO that differ from server to server and from run to run.
    private static let volatile = ["server_id", "server_name", "go", "port", "client_id", "nonce"]
    /// Fields that only the real server has: the commit that it was built from, and the key of a protocol between servers
    /// and auth callouts.
    private static let absent = ["git_commit", "xkey"]

    /// A step that needs a server in a process of its own, in a file for servers that have none.
    struct NeedsProcess: Error {
        var step: ConformanceFile.Step
    }

    /// What was waited for in the log did not come.
    struct NotLogged: Error {
        var text: String
        var log: String
    }

    /// Runs a case against the server on `port` and returns what each client received, by client; what monitoring answered and
    /// the log got stands under `http` and `log`.
    static func run(
        _ test: ConformanceFile.Case,
        port: Int,
        httpPort: Int = 0,
        server: OracleServer? = nil
    ) throws -> [String: String] {
        var clients: [String: RawClient] = [:]
        var answers = ""
        var ending: String?
        let logged = server?.log.count ?? 0
        for step in test.steps {
            switch step.action {
            case .request(let method, let path):
                answers += try describe(method, path, httpPort)
                continue
            case .poll(let path, let text):
                try poll(path, httpPort, until: text)
                continue
            case .signal, .reload, .awaitLog, .awaitEnd:
                guard let server else { throw NeedsProcess(step: step) }
                if let end = try act(step.action, on: server, logged) { ending = end }
                continue
            default: break
            }
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
            default: break
            }
        }
        for client in clients.values where !client.isClosed { try client.synchronize() }
        var transcript = clients.mapValues { text(of: $0) }
        if !answers.isEmpty { transcript["http"] = answers }
        if let server {
            transcript["log"] = Mask.log(String(server.log.dropFirst(logged))) + (ending ?? "")
        }
        return transcript
    }

    private static func poll(_ path: String, _ port: Int, until text: String) throws {
        let limit = Date().addingTimeInterval(10)
        while true {
            let body = String(decoding: try fetch(path, port).body, as: UTF8.self)
            if body.contains(text) { return }
            if Date() > limit { throw NotLogged(text: text, log: body) }
            usleep(5_000)
        }
    }

    /// Asks for a document and says how it was answered.
    private static func describe(_ method: String, _ path: String, _ port: Int) throws -> String {
        let answer = try fetch(path, port, method: method)
        let body = Mask.document(String(decoding: answer.body, as: UTF8.self))
        return "\(method) \(path)\n\(answer.status) \(answer.type)\n\(body)\n"
    }

    /// - Returns: how the server ended, where that was waited for.
    private static func act(
        _ action: ConformanceFile.Step.Action,
        on server: OracleServer,
        _ logged: Int
    ) throws -> String? {
        switch action {
        case .signal(let name): server.signal(name)
        case .reload(let config): try server.reload(config)
        case .awaitLog(let text):
            let limit = Date().addingTimeInterval(10)
            while !server.log.dropFirst(logged).contains(text) {
                if Date() > limit { throw NotLogged(text: text, log: server.log) }
                usleep(2_000)
            }
        case .awaitEnd:
            let status = server.awaitEnd().map { "\($0)" } ?? "still running"
            return "ended: \(status), files: \(server.files.filter { $0 != "log" && $0 != "server.conf" })"
        default: break
        }
        return nil
    }

    private static func text(of client: RawClient) -> String {
        let text = String(decoding: client.received, as: UTF8.self)
        let lines = text.replacingOccurrences(of: "\r\n", with: "␍\n").components(separatedBy: "\n")
        let masked = Mask.messages(Volatile.masked(lines).map(masked)).joined(separator: "\n")
        return masked + (client.isClosed ? "\n(closed)" : "")
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
