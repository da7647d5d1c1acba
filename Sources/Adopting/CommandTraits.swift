/// What can be told of a command without running it.
enum CommandTraits {
    /// How to know that a command that never ends by itself has come up: an attribute; nil for a command that ends, or of which
    /// only trying can tell.
    static func readiness(of line: String) -> String? {
        var words = ShellText.words(of: line)
        // Put in the background by hand, it is the same.
        if words.last == "&" { words.removeLast() }
        guard let start = words.firstIndex(where: { !$0.contains("=") && $0 != "sudo" }) else { return nil }
        let rest = Set(words[(start + 1)...])
        let plain = words[(start + 1)...].filter { !$0.hasPrefix("-") }
        switch words[start] {
        case "nats-server":
            let ending: Set = ["-t", "-v", "--version", "-h", "--help", "--help_tls", "-sl", "--signal", "|"]
            guard rest.isDisjoint(with: ending), !words.contains(where: { $0.hasPrefix("--signal=") }) else {
                return nil
            }
            return rest.isDisjoint(with: ["-l", "--log"]) ? "ready=\"log:Server is ready\"" : "ready=tcp:4222"
        case "nats" where rest.isDisjoint(with: ["--help", "-h", "--count"]) && !line.contains("--count="):
            return natsReadiness(Array(plain))
        default: return nil
        }
    }

    /// Whether a command that has not ended yet is one of those that go on until somebody stops them, and not just slow.
    static func goesOn(_ command: String) -> Bool {
        let heads = ShellText.heads(of: command)
        if heads.contains("sleep") { return false }
        let programs: Set = ["nats-server", "nats-top", "docker", "tail", "watch", "top", "nc", "ping", "yes"]
        let words: Set = [
            "watch", "dev", "start", "sub", "subscribe", "reply", "events", "top", "port-forward", "http.server", "-f",
            "--follow", "logs",
        ]
        return !programs.isDisjoint(with: heads)
            || ShellText.words(of: command).contains { words.contains($0) || $0.contains("serve") }
    }

    private static func natsReadiness(_ plain: [String]) -> String? {
        // Options with values may stand in front of the command.
        let commands = plain.filter { $0.allSatisfy { $0.isLowercase && $0.isLetter } }
        if commands.contains("bench") {
            let isWaiting = commands.contains("serve") || commands.contains("sub") || commands.contains("subscribe")
            return isWaiting ? "ready=log:Starting" : nil
        }
        if plain.contains("sub") || plain.contains("subscribe") {
            return commands.contains("consumer") ? nil : "ready=\"log:Subscribing on\""
        }
        if commands.first == "reply" { return "ready=\"log:Listening on\"" }
        return nil
    }

    /// Whether a program that failed says that it would ask somebody at a terminal.
    static func wantsTerminal(_ output: String) -> Bool {
        ["without a terminal", "not a terminal", "cannot prompt", "not a tty", "inappropriate ioctl"]
            .contains(where: output.lowercased().contains)
    }

    /// The program of a command that fetches something from elsewhere, `npm`; nil where there is none.
    static func downloader(in text: String) -> String? {
        let fetching: [String: Set<String>] = [
            "npm": ["install", "i", "ci", "run"], "npx": [], "yarn": [], "pip": ["install"], "pip3": ["install"],
            "go": ["get", "install", "mod", "run", "build"], "brew": [], "apt": [], "apt-get": [], "yum": [], "dnf": [],
            "git": ["clone", "pull", "fetch"], "docker": ["pull"], "cargo": [], "mvn": [], "gradle": [], "helm": [],
            "choco": [], "scoop": [], "deno": [],
        ]
        for line in text.split(separator: "\n") {
            let words = ShellText.words(of: String(line)).filter { $0 != "$" && $0 != "sudo" }
            guard let program = words.first, let verbs = fetching[program] else { continue }
            if verbs.isEmpty || words.dropFirst().contains(where: verbs.contains) { return program }
        }
        return nil
    }

    /// The first placeholder that a reader must fill in, `<subject>`; nil where there is none.
    static func placeholder(in text: String) -> String? {
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            // A group with a name in a regular expression is none.
            let isGroup = rest[..<open].hasSuffix("(?P") || rest[..<open].hasSuffix("(?")
            rest = rest[rest.index(after: open)...]
            guard !isGroup, let first = rest.first, first.isLetter, let close = rest.firstIndex(of: ">") else {
                continue
            }
            let name = rest[..<close]
            if name.count <= 60, !name.contains(where: { $0 == "\n" || $0 == "<" }) { return "<\(name)>" }
        }
        if text.split(whereSeparator: \.isWhitespace).contains(where: { ["...", "(..)", "(...)"].contains($0) }) {
            return "..."
        }
        for mark in ["YOUR_", "//server:port", "your-own-", "…", "/path/to/", "path/to/"] where text.contains(mark) {
            return text.split(whereSeparator: \.isWhitespace).first { $0.contains(mark) }.map(String.init)
        }
        return nil
    }

    /// A host that is not this machine, `demo.nats.io`; nil where the text names none.
    static func distantHost(in text: String) -> String? {
        for scheme in ["https://", "http://", "nats://", "tls://", "wss://", "ws://", "ssh://", "git@"] {
            var rest = text[...]
            while let place = rest.firstRange(of: scheme) {
                rest = rest[place.upperBound...]
                let address = rest.prefix { !" /\"'\n,;|)".contains($0) }
                let host = (address.split(separator: "@").last ?? "").prefix { $0 != ":" }
                if isDistant(host) { return String(host) }
            }
        }
        let words = text.split { " =\n\"'".contains($0) }
        for word in words {
            let host = word.prefix { $0 != ":" && $0 != "/" }
            if ["demo.nats.io", "connect.ngs.global"].contains(host) || host.hasSuffix(".example.com") {
                return String(host)
            }
        }
        return nil
    }

    private static func isDistant(_ host: some StringProtocol) -> Bool {
        guard host.contains("."), host.first?.isLetter == true else { return false }
        return !host.hasSuffix(".localhost")
    }
}
