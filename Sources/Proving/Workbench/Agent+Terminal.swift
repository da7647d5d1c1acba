import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Agent {
    /// The descriptor on which the agent finds a person's terminal, where there is one.
    static let terminalDescriptor: Int32 = 4

    /// Runs a shell for a person until they leave it. Services go on meanwhile.
    ///
    /// - Parameters:
    ///   - directory: where it starts; nil where the agent itself is.
    ///   - environment: what it finds in its environment.
    static func runShell(
        _ shell: String, in directory: String?, environment: [String: String], loop: AgentLoop
    ) throws -> AgentResult {
        do {
            let started = ContinuousClock.now
            var command = [shell, "--norc", "--noprofile", "-i"]
            // Without it the shell has no job control, and Ctrl-C would end nothing.
            if let setsid = ExecutableSearch.find("setsid") { command = [setsid, "--ctty", "--wait"] + command }
            let process = try ChildProcess.spawn(
                command[0],
                arguments: Array(command.dropFirst()),
                environment: environment,
                directory: directory,
                descriptors: [0: terminalDescriptor, 1: terminalDescriptor, 2: terminalDescriptor]
            )
            _ = try loop.wait(until: nil) { loop.ended[process] != nil }
            var result = AgentResult(ending: .exited, status: loop.ended[process])
            result.milliseconds = started.duration(to: .now) / .milliseconds(1)
            return result
        } catch let error as Errno {
            return AgentResult(ending: .broken, detail: "\(error)")
        }
    }
}
