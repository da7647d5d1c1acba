import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The commands of plain `docker` that make sense without an engine.
struct DockerCommands: Sendable {
    /// The versions of Docker and Compose whose output this follows.
    static let version = "28.2.2"
    static let composeVersion = "5.6.1"

    let context: CommandContext

    private var client: SupervisorClient { context.client }

    var all: [DockerCommand] {
        [
            DockerCommand(
                name: "ps", abstract: "List containers",
                flags: [
                    .flag("all", "a", "Show all containers (default shows just running)"),
                    .flag("quiet", "q", "Only display container IDs"),
                    .flag("no-trunc", nil, "Don't truncate output"),
                    .value("filter", "f", "Filter output based on conditions provided"),
                    .value("format", nil, "Format output: table or json"),
                ], body: list),
            DockerCommand(
                name: "logs", abstract: "Fetch the logs of a container", usage: "CONTAINER", flags: LogOptions.flags
            ) { flags in
                try client.start()
                let info = try find(flags.arguments.first ?? "")
                try LogOptions(flags).print(
                    [info], client, LogPrinter(containers: [info], hasPrefix: false, hasTimes: flags.has("timestamps")))
                return 0
            },
            DockerCommand(
                name: "exec", abstract: "Execute a command in a running container", usage: "CONTAINER COMMAND [ARG...]",
                flags: ExecOptions.flags, passesThrough: true
            ) { flags in
                guard flags.arguments.count >= 2 else {
                    throw ComposeFailure("\"docker exec\" requires at least 2 arguments.")
                }
                if flags.has("tty"), isatty(STDIN_FILENO) == 0 { throw ComposeFailure("the input device is not a TTY") }
                try client.start()
                return try ExecOptions.run(
                    flags, Array(flags.arguments.dropFirst()), in: find(flags.arguments[0]), client)
            },
            DockerCommand(
                name: "inspect", abstract: "Return low-level information on containers", usage: "CONTAINER...",
                flags: [.value("format", "f", "Format output")], body: inspect),
            DockerCommand(name: "port", abstract: "List port mappings for the container", usage: "CONTAINER") { flags in
                try client.start()
                for port in try find(flags.arguments.first ?? "").publishers where port.published != 0 {
                    Console.print("\(port.target)/\(port.protocolName) -> \(port.address):\(port.published)\n")
                }
                return 0
            },
            each("start", "Start one or more stopped containers") { _, info in
                _ = try client.container(.start(info.id, isAttached: false))
            },
            each(
                "stop", "Stop one or more running containers",
                [
                    .value("time", "t", "Seconds to wait before killing the container"),
                    .value("timeout", nil, "Seconds to wait before killing the container"),
                ]
            ) { flags, info in
                let seconds = try flags.number("time") ?? flags.number("timeout")
                _ = try client.ask(.stop(info.id, graceNanoseconds: seconds.map { $0 * 1_000_000_000 }))
            },
            each(
                "restart", "Restart one or more containers",
                [.value("time", "t", "Seconds to wait before killing the container")]
            ) { flags, info in
                _ = try client.ask(.stop(info.id, graceNanoseconds: flags.number("time").map { $0 * 1_000_000_000 }))
                _ = try client.container(.start(info.id, isAttached: false))
            },
            each(
                "kill", "Kill one or more running containers",
                [.value("signal", "s", "Signal to send to the container")]
            ) { flags, info in
                let name = flags.value("signal") ?? "SIGKILL"
                guard let signal = Signals.number(name) else { throw ComposeFailure("invalid signal: \(name)") }
                try client.ask(.kill(info.id, signal: signal))
            },
            each(
                "rm", "Remove one or more containers",
                [
                    .flag("force", "f", "Force the removal of a running container"),
                    .flag("volumes", "v", "Remove anonymous volumes"),
                ]
            ) { flags, info in
                try client.ask(.remove(info.id, force: flags.has("force"), volumes: flags.has("volumes")))
            },
            DockerCommand(
                name: "wait", abstract: "Block until containers stop, then print their exit codes",
                usage: "CONTAINER..."
            ) { flags in
                try client.start()
                for name in flags.arguments {
                    let info = try client.container(.wait(find(name).id, .exited, seconds: nil))
                    Console.print("\(info.exitStatus)\n")
                }
                return 0
            },
            DockerCommand(
                name: "volume", abstract: "Manage volumes: ls, create, inspect, rm", usage: "COMMAND",
                passesThrough: true
            ) { flags in
                try manage(flags.arguments, "volume", list: .volumes, remove: SupervisorRequest.removeVolume) {
                    .ensureVolume($0)
                }
            },
            DockerCommand(
                name: "network", abstract: "Manage networks: ls, create, inspect, rm", usage: "COMMAND",
                passesThrough: true
            ) { flags in
                try manage(flags.arguments, "network", list: .networks, remove: SupervisorRequest.removeNetwork) {
                    .ensureNetwork($0)
                }
            },
            DockerCommand(
                name: "version", abstract: "Show the Docker version information",
                flags: [.value("format", "f", "Format output")]
            ) { flags in
                guard flags.value("format") == nil else {
                    Console.print("\(Self.version)\n")
                    return 0
                }
                Console.print(
                    "Client: Docker, stood in for by \(context.version)\n Version:           \(Self.version)\n\nServer: programs of this machine\n Version:           \(Self.version)\n"
                )
                return 0
            },
        ]
    }

    private func each(
        _ name: String, _ abstract: String, _ flags: [FlagSet.Flag] = [],
        _ body: @escaping @Sendable (ParsedFlags, ContainerInfo) throws -> Void
    ) -> DockerCommand {
        DockerCommand(name: name, abstract: abstract, usage: "CONTAINER [CONTAINER...]", flags: flags) { parsed in
            guard !parsed.arguments.isEmpty else {
                throw ComposeFailure("\"docker \(name)\" requires at least 1 argument.")
            }
            try client.start()
            for reference in parsed.arguments {
                try body(parsed, find(reference))
                Console.print("\(reference)\n")
            }
            return 0
        }
    }

    private func find(_ reference: String) throws -> ContainerInfo {
        let all = try client.containers()
        if let exact = all.first(where: { $0.spec.name == reference || $0.id == reference }) { return exact }
        let candidates = all.filter { !reference.isEmpty && $0.id.hasPrefix(reference) }
        guard candidates.count == 1 else {
            let near = nearestName(to: reference, among: all.map(\.spec.name)).map { "did you mean \"\($0)\"?" }
            throw ComposeFailure("Error response from daemon: No such container: \(reference)", help: near)
        }
        return candidates[0]
    }

    private func list(_ flags: ParsedFlags) throws -> Int32 {
        try client.start()
        var infos = try client.containers().filter { flags.has("all") || $0.isRunning || $0.state == .restarting }
        for filter in flags.all("filter") {
            let parts = filter.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["name", "status", "health", "label"].contains(parts[0]) else {
                throw ComposeFailure("invalid filter '\(filter)'", help: "valid here: name=, status=, health=, label=")
            }
            infos = infos.filter { info in
                switch parts[0] {
                case "name": info.spec.name.contains(parts[1])
                case "status": info.state.rawValue == parts[1]
                case "health": (info.health?.rawValue ?? "none") == parts[1]
                default: info.spec.labels.contains { "\($0.key)=\($0.value)" == parts[1] || $0.key == parts[1] }
                }
            }
        }
        infos.reverse()
        if flags.has("quiet") {
            Console.print(infos.map { (flags.has("no-trunc") ? $0.id : $0.shortID) + "\n" }.joined())
            return 0
        }
        if flags.value("format") == "json" {
            Console.print(infos.map { "\($0.json.json())\n" }.joined())
            return 0
        }
        if let format = flags.value("format"), format != "table" {
            Console.print(try RowTemplate(format).text(infos.map(\.json)))
            return 0
        }
        var table = Table(["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"])
        for info in infos {
            table.add([
                flags.has("no-trunc") ? info.id : info.shortID, info.spec.image,
                info.command(isWhole: flags.has("no-trunc")),
                "\(HumanTime.text(Clock.now() - info.createdAt)) ago", info.status, info.portsText, info.spec.name,
            ])
        }
        Console.print(table.text)
        return 0
    }

    private func inspect(_ flags: ParsedFlags) throws -> Int32 {
        try client.start()
        let infos = try flags.arguments.map { try find($0) }
        if let format = flags.value("format") {
            Console.print(try RowTemplate(format).text(infos.map(\.inspection)))
            return 0
        }
        Console.print(ConfigTree.list(infos.map(\.inspection)).json(indentation: "") + "\n")
        return 0
    }

    private func manage(
        _ arguments: [String], _ kind: String, list: SupervisorRequest, remove: @Sendable (String) -> SupervisorRequest,
        make: @Sendable (StoredResource) -> SupervisorRequest
    ) throws -> Int32 {
        try client.start()
        let names = arguments.dropFirst().filter { !$0.hasPrefix("-") }
        let all = try client.resources(list)
        switch arguments.first {
        case "ls", "list":
            if arguments.contains("-q") {
                Console.print(all.map { "\($0.name)\n" }.joined())
            } else if kind == "volume" {
                var table = Table(["DRIVER", "VOLUME NAME"])
                for resource in all { table.add(["local", resource.name]) }
                Console.print(table.text)
            } else {
                var table = Table(["NAME", "DRIVER", "SCOPE"])
                for resource in all { table.add([resource.name, "bridge", "local"]) }
                Console.print(table.text)
            }
        case "create":
            for name in names {
                try client.ask(make(StoredResource(name: name, project: "", key: name, createdAt: Clock.now())))
                Console.print("\(name)\n")
            }
        case "rm", "remove":
            for name in names {
                try client.ask(remove(name))
                Console.print("\(name)\n")
            }
        case "inspect":
            let found = try names.map { name in
                guard let resource = all.first(where: { $0.name == name }) else {
                    throw ComposeFailure("Error response from daemon: get \(name): no such \(kind)")
                }
                return ConfigTree.map(
                    [
                        ("Name", .text(name)), ("Driver", .text(kind == "volume" ? "local" : "bridge")),
                        ("Scope", .text("local")),
                    ]
                        + (kind == "volume"
                            ? [("Mountpoint", .text("\(Supervisor.directory)/volumes/\(resource.name)/_data"))] : []))
            }
            Console.print(ConfigTree.list(found).json(indentation: "") + "\n")
        default:
            throw ComposeFailure(
                "docker \(kind) \(arguments.first ?? "") is not supported here", help: "valid: ls, create, inspect, rm")
        }
        return 0
    }
}

extension ContainerInfo {
    /// The part of `docker inspect` that says how it goes.
    fileprivate var inspection: ConfigTree {
        func time(_ seconds: Double?) -> ConfigTree {
            .text(seconds.map { Clock.timestamp($0) } ?? "0001-01-01T00:00:00Z")
        }
        var stateEntries: [(key: String, value: ConfigTree)] = [
            ("Status", .text(state.rawValue)), ("Running", .bool(isRunning)), ("Pid", .number(Int(process))),
            ("ExitCode", .number(exitStatus)), ("StartedAt", time(startedAt)), ("FinishedAt", time(finishedAt)),
        ]
        if let health { stateEntries.append(("Health", .map([("Status", .text(health.rawValue))]))) }
        let networks = addresses.mapValues { ConfigTree.map([("IPAddress", .text($0))]) }
        return .map([
            ("Id", .text(id)), ("Created", time(createdAt)), ("State", .map(stateEntries)),
            ("Name", .text("/\(spec.name)")),
            ("RestartCount", .number(restartCount)),
            (
                "Config",
                .map([
                    ("Image", .text(spec.image)),
                    ("Env", .list(spec.environment.sorted { $0.key < $1.key }.map { .text("\($0.key)=\($0.value)") })),
                    ("Cmd", .list(spec.arguments.map { .text($0) })),
                    ("Labels", .sorted(spec.labels.mapValues { .text($0) })),
                ])
            ),
            ("NetworkSettings", .map([("Networks", .sorted(networks))])), ("ServedBy", .text(spec.standIn.servedBy)),
        ])
    }
}
