import Guides

/// Which lines of a log are shown, and how.
struct LogOptions {
    static let flags: [FlagSet.Flag] = [
        .flag("follow", "f", "Follow log output"), .flag("timestamps", "t", "Show timestamps"),
        .value("tail", "n", "Number of lines to show from the end of the logs for each container"),
        .value("since", nil, "Show logs since timestamp (2013-01-02T13:23:37Z) or relative (42m)"),
        .value("until", nil, "Show logs before a timestamp or relative (42m)"),
    ]

    private let isFollowing: Bool
    private let tail: Int?
    private let since: String?
    private let until: String?

    init(_ flags: ParsedFlags) throws(ComposeFailure) {
        isFollowing = flags.has("follow")
        tail = flags.value("tail") == "all" ? nil : try flags.number("tail")
        since = try Self.time(flags.value("since"))
        until = try Self.time(flags.value("until"))
    }

    /// A time in the form that lines have, which can be compared.
    private static func time(_ text: String?) throws(ComposeFailure) -> String? {
        guard let text else { return nil }
        if let duration = GoDuration(text) { return Clock.timestamp(Clock.now() - Double(duration.nanoseconds) / 1e9) }
        guard text.contains("T") else {
            throw ComposeFailure(
                "invalid value for \"since\": \"\(text)\"", help: "for example: 10m, or 2026-01-02T13:23:37Z")
        }
        return text
    }

    /// Prints what there is of each container, one after another, and follows all of them where that was asked for.
    func print(_ containers: [ContainerInfo], _ client: SupervisorClient, _ printer: LogPrinter) throws {
        var seen: [String: Int] = [:]
        for info in containers {
            var all: [LogLine] = []
            try client.follow(.logs([info.id], isFollowing: false)) { all += $0 }
            seen[info.spec.name] = all.count
            let chosen = all.filter { $0.time >= since ?? "" && $0.time <= until ?? "9" }
            printer.print(tail.map { chosen.suffix(max(0, $0)) } ?? chosen)
        }
        guard isFollowing, !containers.isEmpty else { return }
        try client.follow(.logs(containers.map(\.id), isFollowing: true)) { lines in
            // The follower begins at the beginning.
            let fresh = lines.filter { line in
                guard let left = seen[line.container], left > 0 else { return true }
                seen[line.container] = left - 1
                return false
            }
            printer.print(fresh)
        }
    }
}

/// `exec` of `docker` and of `docker compose`.
enum ExecOptions {
    static let flags: [FlagSet.Flag] = [
        .flag("detach", "d", "Detached mode: Run command in the background"),
        .value("env", "e", "Set environment variables"),
        .flag("interactive", "i", "Keep STDIN open even if not attached"), .flag("tty", "t", "Allocate a pseudo-TTY"),
        .value("user", "u", "Run the command as this user"),
        .value("workdir", "w", "Path to workdir directory for this command"),
        .flag("privileged", nil, "Give extended privileges to the process"),
    ]

    static func run(
        _ flags: ParsedFlags, _ arguments: [String], in info: ContainerInfo, _ client: SupervisorClient
    ) throws -> Int32 {
        var spec = ExecSpec(container: info.id, arguments: arguments)
        spec.isDetached = flags.has("detach")
        spec.workingDirectory = flags.value("workdir")
        for pair in flags.all("env") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            spec.environment[String(parts[0])] =
                parts.count > 1 ? String(parts[1]) : ProcessEnvironment.all[String(parts[0])]
        }
        if let user = flags.value("user"), ![info.spec.user, "root", info.spec.standIn.map.program].contains(user) {
            throw ComposeFailure(
                "unable to find user \(user): a container has one user here", help: "leave --user out")
        }
        guard case .exited(let status) = try client.ask(.exec(spec), standard: spec.isDetached ? nil : [0, 1, 2]) else {
            throw ComposeFailure("the supervisor of services answered out of turn")
        }
        return Int32(status)
    }
}
