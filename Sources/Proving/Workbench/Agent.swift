import CWorkbench
import Guides
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The part of a workbench that lives inside the sandbox: `launchpad workbench-agent`.
///
/// It holds the sessions and services of one guide, answers the runner's requests over a socket on descriptor 3, and ends
/// everything when it is told to stop or when the runner is gone. It is process 1 of its sandbox, or, without one, adopts
/// orphans, so that nothing that a guide starts is out of its reach.
package final class Agent {
    /// The descriptor on which the agent finds the runner.
    static let controlDescriptor: Int32 = 3
    /// How long processes that are left at the end may take to obey SIGTERM.
    private static let farewell = Duration.milliseconds(200)

    private let channel = MessageChannel(descriptor: Agent.controlDescriptor)
    private let loop: AgentLoop
    private let shell: String
    private let directory: String
    private let environment: [String: String]
    private var sessions: [String: ShellSession] = [:]
    /// Sessions that a command has taken with it by force.
    private var lost: Set<String> = []
    private var services: [BackgroundService] = []
    private var counter = 0

    private init(shell: String, directory: String) throws {
        self.shell = shell
        self.directory = directory
        signal(SIGPIPE, SIG_IGN)
        _ = workbench_adopt_orphans()
        Descriptor.closeOnExec(Agent.controlDescriptor)
        if fcntl(Agent.terminalDescriptor, F_GETFD) >= 0 { Descriptor.closeOnExec(Agent.terminalDescriptor) }
        loop = try AgentLoop(control: Agent.controlDescriptor)
        var environment: [String: String] = [:]
        var entry = environ
        while let pair = entry.pointee {
            let parts = String(cString: pair).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            entry += 1
        }
        self.environment = environment
    }

    /// Serves one guide in the current directory and environment, until the runner says stop or hangs up.
    ///
    /// - Parameters:
    ///   - shell: absolute path of bash.
    ///   - directory: a directory of the agent's own, outside the guide's workspace.
    /// - Returns: the process's exit status.
    package static func main(shell: String, directory: String) -> Int32 {
        do {
            let agent = try Agent(shell: shell, directory: directory)
            defer { agent.endEverything() }
            try agent.serve()
            return 0
        } catch is RunnerStirred {
            return 0
        } catch {
            let message = "launchpad workbench-agent: \(error)\n"
            try? Descriptor.writeAll(message.utf8, to: STDERR_FILENO)
            return 3
        }
    }

    private func serve() throws {
        try channel.send(AgentReply.ready)
        while let request = try nextRequest() {
            switch request {
            case .run(let command): try channel.send(AgentReply.finished(run(command)))
            case .serve(let command, let ready): try channel.send(AgentReply.finished(start(command, ready: ready)))
            case .await(let service, let seen, let milliseconds):
                try channel.send(AgentReply.finished(follow(service, seen: seen, for: .milliseconds(milliseconds))))
            case .shell(let session, let variables):
                try channel.send(AgentReply.finished(openShell(like: session, variables)))
            case .stop:
                endEverything()
                try channel.send(AgentReply.stopped)
                return
            }
        }
    }

    /// Between requests outputs are still drained, so that no daemon stalls on a full pipe.
    private func nextRequest() throws -> AgentRequest? {
        do {
            _ = try loop.wait(until: nil) { false }
        } catch is RunnerStirred {
            // The runner speaks, or is really gone: the channel knows.
        }
        return try channel.receive(AgentRequest.self)
    }

    private func nextNumber() -> Int {
        counter += 1
        return counter
    }

    private func session(_ name: String) throws(Errno) -> ShellSession? {
        if lost.contains(name) { return nil }
        if let open = sessions[name], open.isOpen, loop.ended[open.process] == nil { return open }
        let fresh = try ShellSession(loop: loop, shell: shell, directory: directory, environment: environment)
        sessions[name] = fresh
        return fresh
    }

    private func run(_ command: AgentCommand) throws -> AgentResult {
        do {
            guard let session = try session(command.session) else { return AgentResult(ending: .sessionLost) }
            let result = try session.run(command, number: nextNumber())
            if result.sessionLost { lost.insert(command.session) }
            return result
        } catch let error as Errno {
            return AgentResult(ending: .broken, detail: "\(error)")
        }
    }

    private func start(_ command: AgentCommand, ready: [AgentReadiness]) throws -> AgentResult {
        do {
            guard let session = try session(command.session) else { return AgentResult(ending: .sessionLost) }
            if let stranger = ready.lazy.compactMap(\.port).compactMap({ PortOwner.stranger(on: $0, outside: getpid()) }
            ).first {
                // It would be taken for the command, which could not even start.
                return AgentResult(ending: .broken, stranger: stranger)
            }
            let started = ContinuousClock.now
            let number = nextNumber()
            let output = try OutputSink(path: "\(directory)/\(number)")
            let status = try OutputSink(path: "\(directory)/\(number).status")
            loop.add(output)
            loop.add(status)
            guard let process = try session.start(command, output: output, status: status) else {
                return AgentResult(ending: .broken, detail: "the shell has gone")
            }
            let service = BackgroundService(process, ready: ready, output: output, status: status, loop: loop)
            services.append(service)
            let (ending, detail) = try service.awaitReady(until: started + .milliseconds(command.timeoutMilliseconds))
            if ending == .timedOut { try service.stop() }
            var result = describe(service, ending)
            result.service = services.count - 1
            result.detail = detail
            result.milliseconds = started.duration(to: .now) / .milliseconds(1)
            return result
        } catch let error as Errno {
            return AgentResult(ending: .broken, detail: "\(error)")
        }
    }

    /// Waits for more output of a service than the runner has seen.
    private func follow(_ number: Int, seen: Int, for patience: Duration) throws -> AgentResult {
        guard services.indices.contains(number) else { return AgentResult(ending: .broken, detail: "no such service") }
        let service = services[number]
        _ = try loop.wait(until: .now + patience) { service.output.total > seen || service.output.descriptor == nil }
        return describe(service, service.exitStatus == nil ? .running : .died)
    }

    /// A shell for a person where a session is, with its placeholders' values.
    private func openShell(like session: String, _ variables: [String: String]) throws -> AgentResult {
        let process = sessions[session]?.process
        let directory = process.flatMap { realPath("/proc/\($0)/cwd") }
        var environment = environment.merging(variables) { $1 }
        environment["TERM"] = variables["TERM"] ?? "xterm"
        environment["PS1"] = "\\w \\$ "
        return try Agent.runShell(shell, in: directory, environment: environment, loop: loop)
    }

    private func describe(_ service: BackgroundService, _ ending: AgentResult.Ending) -> AgentResult {
        service.output.drain()
        var result = AgentResult(ending: ending, status: service.exitStatus, output: service.output.text)
        result.truncated = service.output.isTruncated
        result.printed = service.output.total
        return result
    }

    /// Services in reverse order, then the terminals, then whatever is left.
    private func endEverything() {
        loop.heedsRunner = false
        for service in services.reversed() {
            // One that cannot be waited for is killed with the rest below.
            try? service.stop()
        }
        services = []
        for session in sessions.values { session.close() }
        let own = getpid()
        for process in ProcessTree.descendants(of: own) { ChildProcess.send(SIGTERM, to: process) }
        var deadline = ContinuousClock.now + Self.farewell
        while true {
            let left = ProcessTree.descendants(of: own)
            loop.reap()
            guard !left.isEmpty else { return }
            if ContinuousClock.now > deadline {
                for process in left { ChildProcess.send(SIGKILL, to: process) }
                deadline = .now + Self.farewell
            }
            _ = poll(nil, 0, 2)
        }
    }
}
