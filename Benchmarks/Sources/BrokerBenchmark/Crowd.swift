import Foundation

/// Connections that do nothing, held by natsload.
enum Crowd {
    /// - Returns: how many MB `server` holds while `connections` clients are connected.
    static func memory(of server: Server, connections: Int, _ natsload: String) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: natsload)
        process.arguments = ["\(server.port)", "idle", "connections=\(max(connections, 1))"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // `ready`, once every connection has had its first PONG.
        let ready = output.fileHandleForReading.availableData
        if connections == 0 { try end(process, input) }
        defer { if process.isRunning { try? end(process, input) } }
        guard !ready.isEmpty else { throw CommandFailed(command: [natsload, "idle"], status: -1) }
        return server.residentMemory ?? .nan
    }

    private static func end(_ process: Process, _ input: Pipe) throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
