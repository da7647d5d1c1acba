import Proving

/// What a command that failed lacks here, which is no fault of the page.
struct MissingThing {
    /// In words, with what the command said about it.
    let reason: String

    /// - Returns: nil where the command just fails.
    init?(_ step: StepProof, in text: String) {
        guard
            let reason = Self.internet(step, in: text) ?? Self.answers(step, in: text) ?? Self.known(step)
                ?? Self.program(step)
        else { return nil }
        self.reason = reason
    }

    /// The line of the output that says most about a failure.
    static func line(of step: StepProof) -> String? {
        let lines = step.output.split(separator: "\n").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
        return lines.first { $0.lowercased().contains("error") } ?? lines.last
    }

    private static func internet(_ step: StepProof, in text: String) -> String? {
        let output = step.output.lowercased()
        let signs = [
            "could not resolve", "no such host", "name resolution", "network is unreachable", "no servers available",
            "cannot resolve", "temporary failure", "connection refused", "i/o timeout", "couldn't connect",
            "name or service not known", "dial tcp", "getaddrinfo", "proxyconnect",
        ]
        let isCutOff = signs.contains(where: output.contains)
        // Told not to say why, curl still tells by its status: no name, no connection, no time.
        let isFetching = text.contains("curl ") || text.contains("wget ")
        let isSilent = isFetching && [4, 5, 6, 7, 28].contains(step.status)
        if isCutOff || isSilent || step.status == nil, let host = CommandTraits.distantHost(in: text) {
            return "needs the internet: \(host)"
        }
        // Where the system's own Python may not be changed, pip does not even try.
        let isManaged = output.contains("externally-managed-environment")
        guard isCutOff || isManaged, let program = CommandTraits.downloader(in: text) else { return nil }
        return "needs the internet: \(program)"
    }

    private static func answers(_ step: StepProof, in text: String) -> String? {
        let said = line(of: step) ?? ""
        let signs = ["eof when reading", "invalid input: value is required", "re-entered passwords"]
        if CommandTraits.wantsTerminal(step.output) || signs.contains(where: step.output.lowercased().contains) {
            return "needs answers typed in: \(said)"
        }
        let reads = text.split(separator: "\n").contains { ShellText.heads(of: String($0)).contains("read") }
        return reads && step.status == 1 ? "needs answers typed in: the script reads from the terminal" : nil
    }

    private static func known(_ step: StepProof) -> String? {
        let output = step.output.lowercased()
        // Tools that say a lot where there is nothing to talk to.
        if output.contains("docker daemon") || output.contains("run 'docker run --help'") {
            return "no Docker daemon here"
        }
        if output.contains("current server api group list")
            || output.contains("connection to the server localhost:8080")
        {
            return "no cluster here"
        }
        let signs: [(words: [String], what: String)] = [
            (
                ["natscli", "the bundled broker does not", "launchpad's bundled broker", "is not a docker command"],
                "not bundled"
            ),
            (["address already in use", "port is already allocated"], "an earlier example has the port"),
            (["already in use with a different configuration"], "an earlier example made it in another way"),
            (["unbound variable"], "a variable that the page does not set"),
            (
                [
                    "unknown stream", "unknown consumer", "stream not found", "no streams found", "holds no backup",
                    "no nats-server processes running", "jetstream not enabled", "account used has system privileges",
                    "no streams are defined", "consumer not found",
                ],
                "what no example of this page makes"
            ),
            (["curl: (7) failed to connect to localhost"], "nothing that this page starts listens there"),
            (
                [
                    "no such file", "there is no such file", "expected the path of a file", "no makefile found",
                    "no rule to make target",
                ],
                "a file that no page describes"
            ),
        ]
        return signs.first { $0.words.contains(where: output.contains) }.map { "\($0.what): \(line(of: step) ?? "")" }
    }

    private static func program(_ step: StepProof) -> String? {
        step.output.firstMatch(of: /(?:bash|sh): (?:line \d+: )?([^\s:]+): command not found/).map {
            "no \($0.output.1) here"
        }
    }
}
