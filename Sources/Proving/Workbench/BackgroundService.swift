import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A command that was left running (`serve`).
final class BackgroundService {
    /// How long a service may take to end on SIGTERM.
    private static let grace = Duration.seconds(2)

    let output: OutputSink
    private let status: OutputSink
    private let process: pid_t
    private let loop: AgentLoop
    private let ready: [AgentReadiness]

    init(
        _ process: pid_t, ready: [AgentReadiness], output: OutputSink, status: OutputSink, loop: AgentLoop
    ) {
        self.process = process
        self.ready = ready
        self.output = output
        self.status = status
        self.loop = loop
    }

    /// The exit status, once the command has ended.
    var exitStatus: Int? {
        // Asked first: between a missing status and a missing process the command may have ended in good order.
        let isAlive = kill(process, 0) == 0
        status.drain()
        return Int(status.text) ?? (isAlive ? nil : 128 + Int(SIGKILL))
    }

    /// Waits until every condition holds.
    ///
    /// - Returns: `.running`, `.died` or `.timedOut` with the conditions that do not hold.
    func awaitReady(until deadline: ContinuousClock.Instant) throws -> (ending: AgentResult.Ending, detail: String?) {
        var open = ready
        var probe: NetworkProbe?
        let came = try loop.wait(until: deadline, polling: true) {
            while let condition = open.first {
                guard exitStatus == nil else { return true }
                switch condition {
                case .log(let text):
                    guard output.text.contains(text) else { return false }
                case .file(let directory, let suffix):
                    guard DirectoryListing.names(in: directory).contains(where: { $0.hasSuffix(suffix) }) else {
                        return false
                    }
                case .tcp, .http:
                    let current = probe ?? NetworkProbe(condition, loop: loop)
                    probe = current
                    guard current.advance() else { return false }
                    probe = nil
                }
                open.removeFirst()
            }
            return true
        }
        if exitStatus != nil { return (.died, nil) }
        return came ? (.running, nil) : (.timedOut, open.map(\.description).joined(separator: ", "))
    }

    /// Ends the command and everything that it has started.
    func stop() throws {
        guard exitStatus == nil else { return }
        let family = ProcessTree.descendants(of: process).union([process])
        for member in family { ChildProcess.send(SIGTERM, to: member) }
        let gone = try loop.wait(until: .now + Self.grace, polling: true) {
            loop.reap()
            return family.isDisjoint(with: ProcessTree.parents().keys)
        }
        guard !gone else { return }
        for member in family.union(ProcessTree.descendants(of: process)) {
            ChildProcess.send(SIGKILL, to: member)
        }
    }
}

extension AgentReadiness {
    /// The local port that the condition is about.
    var port: Int? {
        switch self {
        case .tcp(let host, let port): Self.isLocal(host) ? port : nil
        case .http(let address):
            Self.isLocal(HTTPTarget(address).host) ? HTTPTarget(address).port : nil
        case .log, .file: nil
        }
    }

    private static func isLocal(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}

extension AgentReadiness: CustomStringConvertible {
    /// As the guide's author wrote it.
    var description: String {
        switch self {
        case .tcp(let host, let port): "tcp:\(host):\(port)"
        case .http(let address): address
        case .log(let text): "log:\(text)"
        case .file(let directory, let suffix): "\(directory)/*\(suffix)"
        }
    }
}
