#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The workbench of one guide as its runner sees it: a connection to the agent inside.
///
/// Belongs to the thread that made it, and blocks it.
final class Workbench {
    /// How much longer than a command may take the agent may take to say so.
    private static let patience = Duration.seconds(10)

    private let process: pid_t
    private let channel: MessageChannel
    private let directory: String
    /// A directory of the agent's, as commands see it.
    let statusDirectory: String
    private let cancellation: RunCancellation
    private var isOver = false

    init(
        process: pid_t, socket: Int32, directory: String, statusDirectory: String, cancellation: RunCancellation
    ) {
        self.process = process
        self.directory = directory
        self.statusDirectory = statusDirectory
        self.cancellation = cancellation
        channel = MessageChannel(descriptor: socket)
        cancellation.add(socket)
    }

    deinit {
        end()
    }

    /// Waits until the agent is there.
    func awaitAgent() throws {
        guard case .ready = try reply(within: Self.patience) else {
            throw CouldNotRun("the workbench's agent answered out of turn")
        }
    }

    /// What has stood in for something that the guide asked for, so far.
    func standIns() -> [StandInProof] {
        let path = "\(directory)/agent/\(SandboxArguments.standInsName)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        var found: [StandInProof] = []
        for line in text.split(separator: "\n") {
            guard let proof = try? JSONDecoder().decode(StandInProof.self, from: Data(line.utf8)),
                !found.contains(proof)
            else { continue }
            found.append(proof)
        }
        return found
    }

    func run(_ command: AgentCommand) throws -> AgentResult {
        try ask(.run(command), within: .milliseconds(command.timeoutMilliseconds) + Self.patience)
    }

    func serve(_ command: AgentCommand, ready: [AgentReadiness]) throws -> AgentResult {
        try ask(.serve(command, ready: ready), within: .milliseconds(command.timeoutMilliseconds) + Self.patience)
    }

    /// Waits until a service has printed more than `seen` bytes, or was quiet for `patience`.
    func follow(service: Int, seen: Int, for patience: Duration) throws -> AgentResult {
        let request = AgentRequest.await(service: service, seen: seen, milliseconds: patience / .milliseconds(1))
        return try ask(request, within: patience + Self.patience)
    }

    /// Gives a person a shell where a session is, until they leave it.
    ///
    /// - Parameter terminal: carries what they type and see meanwhile; see ``PersonsTerminal``.
    func shell(like session: String, variables: [String: String], on terminal: PersonsTerminal) throws {
        do {
            try channel.send(AgentRequest.shell(session: session, variables: variables))
        } catch is Errno {
            throw gone()
        }
        terminal.carry(until: channel.descriptor)
        guard case .finished(let result) = try reply(within: Self.patience) else {
            throw CouldNotRun("the workbench's agent answered out of turn")
        }
        if let detail = result.detail { throw CouldNotRun("no shell could be started: \(detail)") }
    }

    /// Ends services, terminals and everything else in the workbench, and removes its directory.
    func stop() throws {
        try channel.send(AgentRequest.stop)
        guard case .stopped = try reply(within: Self.patience) else {
            throw CouldNotRun("the workbench's agent answered out of turn")
        }
        end()
    }

    private func ask(_ request: AgentRequest, within limit: Duration) throws -> AgentResult {
        do {
            try channel.send(request)
        } catch is Errno {
            throw gone()
        }
        guard case .finished(let result) = try reply(within: limit) else {
            throw CouldNotRun("the workbench's agent answered out of turn")
        }
        return result
    }

    private func reply(within limit: Duration) throws -> AgentReply {
        var time = timeval()
        time.tv_sec = Int(limit.components.seconds) + 1
        setsockopt(channel.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        guard let reply = try channel.receive(AgentReply.self) else { throw gone() }
        return reply
    }

    /// Why nobody answers.
    private func gone() -> any Error {
        if cancellation.isCancelled { return CancellationError() }
        let said = (try? String(contentsOfFile: "\(directory)/agent.log", encoding: .utf8)) ?? ""
        let last = said.split(separator: "\n").last.map { ": \($0)" } ?? ""
        return CouldNotRun("the workbench broke\(last)", help: "`launchpad doctor` says what this machine allows")
    }

    /// Makes sure that the agent is gone, and with it everything that it held.
    private func end() {
        guard !isOver else { return }
        isOver = true
        // Hanging up tells an agent that nobody has stopped to end everything and go.
        cancellation.remove(channel.descriptor)
        shutdown(channel.descriptor, Int32(SHUT_RDWR))
        if !ChildProcess.wait(for: process, atMost: Self.patience) {
            for descendant in ProcessTree.descendants(of: process) { ChildProcess.send(SIGKILL, to: descendant) }
            ChildProcess.send(SIGKILL, to: process)
            _ = ChildProcess.wait(for: process)
        }
        Descriptor.close(channel.descriptor)
        RunDirectory.remove(directory)
    }
}
