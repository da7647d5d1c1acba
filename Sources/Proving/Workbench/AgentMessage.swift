/// What the runner asks of the agent inside a workbench. One request at a time; each gets one ``AgentReply``.
enum AgentRequest: Codable, Sendable, Hashable {
    /// Type a command into a session and wait for it to end.
    case run(AgentCommand)
    /// Start a command in a session's background and wait until it is ready.
    case serve(AgentCommand, ready: [AgentReadiness])
    /// Wait until a background command has printed more than `seen` bytes, has ended, or was quiet for a while.
    case await(service: Int, seen: Int, milliseconds: Double)
    /// Give a person at the terminal a shell where a session is, with these variables, and wait until they leave it.
    case shell(session: String, variables: [String: String])
    /// End everything in reverse order and exit.
    case stop
}

/// One command for the agent.
struct AgentCommand: Codable, Sendable, Hashable {
    var session: String
    var text: String
    /// True to give it to a fresh shell under `set -euo pipefail` instead of typing it.
    var isScript = false
    /// Shell variables that are set and exported first, by name.
    var exports: [String: String] = [:]
    var timeoutMilliseconds: Double
    /// What the guide shows of it, for a command that is typed at a terminal and may ask something.
    var dialogue: [String]?
}

/// ``Readiness`` as it goes over the wire.
enum AgentReadiness: Codable, Sendable, Hashable {
    case tcp(host: String, port: Int)
    case http(String)
    case log(String)
    /// A file whose name ends so appears in a directory.
    case file(directory: String, suffix: String)
}

/// What the agent answers.
enum AgentReply: Codable, Sendable, Hashable {
    /// Sent once, unasked: the agent is there.
    case ready
    case finished(AgentResult)
    case stopped
}

/// What became of a command.
struct AgentResult: Codable, Sendable, Hashable {
    /// Why a command did not come to its own end.
    enum Ending: String, Codable, Sendable, Hashable {
        /// It ended by itself.
        case exited
        /// It is in the background and ready.
        case running
        /// It took longer than it may and was ended.
        case timedOut
        /// It printed more than anybody may and was ended.
        case flooded
        /// It started more processes than anybody may, and all of the sandbox were ended.
        case crowded
        /// A background command ended before it was ready.
        case died
        /// The session that it should have run in was lost to an earlier command.
        case sessionLost
        /// There is no shell, no pipe, no process to be had.
        case broken
    }

    var ending: Ending
    /// The exit status; 128 + N for signal N.
    var status: Int?
    var output: String = ""
    /// The output without the shell's own notices of background jobs (`[1] 4242`), where there were any.
    var outputWithoutNotices: String?
    var truncated = false
    var milliseconds: Double = 0
    /// Number of a background command, for ``AgentRequest/await(service:seen:milliseconds:)``.
    var service: Int?
    /// How many bytes it has printed so far.
    var printed = 0
    /// True when the command took its session with it: what comes after it in the session cannot run.
    var sessionLost = false
    /// Somebody else who has the port by which a background command was to be known, so that it was not started.
    var stranger: PortOwner.Stranger?
    /// What is not ready yet, or what broke, in words.
    var detail: String?
}
