import ArgumentParser
import Proving

/// `launchpad doctor`: says what this machine has for running guides, and how to get what it lacks.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what guides can be run on here, and how to get what is missing.",
        discussion: "Exit status: 0 guides can be run, 3 they cannot."
    )

    func run() throws {
        switch Isolation.detect() {
        case .bubblewrap(let path, let version):
            say(
                "isolation",
                "bubblewrap \(version) (\(path)): guides run at once, each with files, processes and ports of its own")
        case .none(let reason):
            say("isolation", "none: \(reason)")
            say("", "guides run one after another on this machine's own ports")
            say("", "to isolate them: apt install bubblewrap (Linux), and allow unprivileged user namespaces")
        }
        let bash = tool(
            "bash", ExecutableSearch.find("bash"),
            "guides are typed into it; install it with the system's package manager")
        tool(
            "nats-server", NATSServerEngine.findServer(besides: try ExecutablePath.current()),
            "for --engine nats-server: https://github.com/nats-io/nats-server/releases")
        tool("docker", ExecutableSearch.find("docker"), "not needed: no guide is run on it yet")
        if !bash { throw ExitCode(3) }
    }

    /// Says which version of a tool there is, and returns whether there is one.
    @discardableResult
    private func tool(_ name: String, _ path: String?, _ remedy: String) -> Bool {
        guard let path else {
            say(name, "not on the path; \(remedy)")
            return false
        }
        let version = ToolVersion.of(path)
        say(name, version.map { "\($0) (\(path))" } ?? path)
        return true
    }

    private func say(_ subject: String, _ text: String) {
        print(subject + String(repeating: " ", count: max(1, 13 - subject.count)) + text)
    }
}
