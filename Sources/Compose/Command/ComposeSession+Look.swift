import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `ps`, `logs`, `exec`, `run` and others that look at services or work in them.
extension ComposeSession {
    var lookingCommands: [DockerCommand] {
        [
            DockerCommand(
                name: "ps", abstract: "List containers", usage: "[SERVICE...]",
                flags: [
                    .flag("all", "a", "Show all stopped containers"), .flag("quiet", "q", "Only display IDs"),
                    .flag("services", nil, "Display services"),
                    .value("format", nil, "Format output: table, json or a template"),
                    .value("filter", nil, "Filter services by a property: status=running"),
                    .value("status", nil, "Filter services by status"), .flag("no-trunc", nil, "Don't truncate output"),
                    .flag("orphans", nil, "Include orphaned services"),
                ], body: list),
            DockerCommand(
                name: "logs", abstract: "View output from containers", usage: "[SERVICE...]",
                flags: LogOptions.flags + [
                    .flag("no-log-prefix", nil, "Don't print prefix in logs"),
                    .flag("no-color", nil, "Produce monochrome output"),
                ],
                body: logs),
            DockerCommand(
                name: "exec", abstract: "Execute a command in a running container", usage: "SERVICE COMMAND [ARGS...]",
                flags: ExecOptions.flags + [
                    .flag("no-tty", "T", "Disable pseudo-TTY allocation"),
                    .value("index", nil, "Index of the container"),
                ],
                passesThrough: true, body: exec),
            DockerCommand(
                name: "run", abstract: "Run a one-off command on a service", usage: "SERVICE [COMMAND] [ARGS...]",
                flags: [
                    .flag("rm", nil, "Automatically remove the container when it exits"),
                    .flag("detach", "d", "Run container in background and print container ID"),
                    .flag("no-TTY", "T", "Disable pseudo-TTY allocation"),
                    .flag("no-deps", nil, "Don't start linked services"),
                    .value("env", "e", "Set environment variables"),
                    .value("name", nil, "Assign a name to the container"),
                    .value("entrypoint", nil, "Override the entrypoint of the image"),
                    .value("workdir", "w", "Working directory inside the container"),
                    .value("user", "u", "Run as specified username or uid"),
                    .flag("service-ports", "P", "Run command with all service's ports enabled"),
                    .value("publish", "p", "Publish a container's port(s) to the host"),
                    .value("volume", "v", "Bind mount a volume"),
                    .flag("interactive", "i", "Keep STDIN open even if not attached"),
                    .flag("tty", "t", "Allocate a pseudo-TTY"),
                    .flag("quiet-pull", nil, "Pull without printing progress information"),
                ], passesThrough: true, body: runOnce),
            DockerCommand(
                name: "port", abstract: "Print the public port for a port binding", usage: "SERVICE PRIVATE_PORT",
                flags: [.value("protocol", nil, "tcp or udp")]
            ) { flags in
                guard flags.arguments.count == 2, let target = Int(flags.arguments[1].prefix { $0 != "/" }) else {
                    throw ComposeFailure(
                        "\"docker compose port\" requires 2 arguments",
                        help: "for example: docker compose port nats 4222")
                }
                let info = try running(flags.arguments[0], in: begin())
                let kind = flags.value("protocol") ?? "tcp"
                guard let port = info.ports.first(where: { $0.target == target && $0.protocolName == kind }),
                    let published = port.published
                else {
                    throw ComposeFailure("no port \(target)/\(kind) for container \(info.spec.name): \(info.portsText)")
                }
                Console.print("\(port.hostAddress ?? "0.0.0.0"):\(published)\n")
                return 0
            },
            DockerCommand(
                name: "wait", abstract: "Block until containers of all (or specified) services stop.",
                usage: "SERVICE [SERVICE...]"
            ) { flags in
                let project = try begin()
                var status: Int32 = 0
                let services = try chosen(flags.arguments, in: project).map(\.name)
                for info in try containers(of: project) where services.contains(info.spec.service) {
                    let ended = try client.container(.wait(info.id, .exited, seconds: nil))
                    Console.print("container \"\(info.spec.name)\" exited with status code \(ended.exitStatus)\n")
                    status = Int32(ended.exitStatus)
                }
                return status
            },
            DockerCommand(name: "images", abstract: "List images used by the created containers", usage: "[SERVICE...]")
            { flags in
                let project = try begin()
                var table = Table(["CONTAINER", "REPOSITORY", "TAG", "SERVED BY"], minimum: 20)
                for info in try containers(of: project).sorted(by: { $0.spec.name < $1.spec.name }) {
                    let image = ImageReference(info.spec.image)
                    table.add([info.spec.name, image.name, image.tag, info.spec.standIn.servedBy])
                }
                Console.print(table.text)
                return 0
            },
            DockerCommand(
                name: "ls", abstract: "List running compose projects",
                flags: [
                    .flag("all", "a", "Show all stopped Compose projects"),
                    .flag("quiet", "q", "Only display project names"),
                    .value("format", nil, "Format output: table or json"),
                ]
            ) { flags in
                try client.start()
                let projects = Dictionary(grouping: try client.containers()) { $0.spec.project }
                var rows: [(name: String, status: String, files: String)] = []
                for (name, infos) in projects.sorted(by: { $0.key < $1.key }) {
                    let states = Dictionary(grouping: infos) { $0.state.rawValue }
                    guard states["running"] != nil || flags.has("all") else { continue }
                    let shown = states.filter { flags.has("all") || $0.key == "running" }
                    let status = shown.sorted { $0.key < $1.key }.map { "\($0.key)(\($0.value.count))" }.joined(
                        separator: ", ")
                    let files = infos[0].spec.labels["com.docker.compose.project.config_files"] ?? ""
                    rows.append((name, status, files))
                }
                if flags.has("quiet") {
                    Console.print(rows.map { "\($0.name)\n" }.joined())
                } else if flags.value("format") == "json" {
                    let list = rows.map { row in
                        ConfigTree.map([
                            ("Name", .text(row.name)), ("Status", .text(row.status)), ("ConfigFiles", .text(row.files)),
                        ])
                    }
                    Console.print(ConfigTree.list(list).json() + "\n")
                } else {
                    var table = Table(["NAME", "STATUS", "CONFIG FILES"], minimum: 20)
                    for row in rows { table.add([row.name, row.status, row.files]) }
                    Console.print(table.text)
                }
                return 0
            },
            DockerCommand(
                name: "volumes", abstract: "List volumes", flags: [.flag("quiet", "q", "Only display volume names")]
            ) { flags in
                let project = try begin()
                let volumes = try client.resources(.volumes).filter { $0.project == project.name }
                if flags.has("quiet") {
                    Console.print(volumes.map { "\($0.name)\n" }.joined())
                } else {
                    var table = Table(["DRIVER", "VOLUME NAME"])
                    for volume in volumes { table.add(["local", volume.name]) }
                    Console.print(table.text)
                }
                return 0
            },
        ]
    }

    private func list(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        let named = flags.arguments.isEmpty ? nil : try chosen(flags.arguments, in: project).map(\.name)
        let states =
            try flags.all("status")
            + flags.all("filter").map { filter in
                guard filter.hasPrefix("status=") else {
                    throw ComposeFailure("unknown filter \(filter)", help: "valid: status=running, status=exited")
                }
                return String(filter.dropFirst(7))
            }
        let infos = try containers(of: project).filter { info in
            (named?.contains(info.spec.service) ?? true)
                && (flags.has("all") || !states.isEmpty || info.isRunning || info.state == .restarting)
                && (states.isEmpty || states.contains(info.state.rawValue))
        }.sorted { $0.spec.name < $1.spec.name }
        if flags.has("quiet") {
            Console.print(infos.map { "\($0.id)\n" }.joined())
        } else if flags.has("services") {
            Console.print(Set(infos.map(\.spec.service)).sorted().map { "\($0)\n" }.joined())
        } else if flags.value("format") == "json" {
            Console.print(infos.map { "\($0.json.json())\n" }.joined())
        } else if let format = flags.value("format"), format != "table" {
            Console.print(try RowTemplate(format).text(infos.map(\.json)))
        } else {
            var table = Table(["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"])
            for info in infos {
                table.add([
                    info.spec.name, info.spec.image, info.command(isWhole: flags.has("no-trunc")), info.spec.service,
                    "\(HumanTime.text(Clock.now() - info.createdAt)) ago", info.status, info.portsText,
                ])
            }
            Console.print(table.text)
        }
        return 0
    }

    private func logs(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        let named = flags.arguments.isEmpty ? nil : try chosen(flags.arguments, in: project).map(\.name)
        let infos = try containers(of: project).filter { named?.contains($0.spec.service) ?? !$0.spec.isOneOff }
            .sorted { $0.spec.name < $1.spec.name }
        let printer = LogPrinter(
            containers: infos, hasPrefix: !flags.has("no-log-prefix"), hasTimes: flags.has("timestamps"))
        try LogOptions(flags).print(infos, client, printer)
        return 0
    }

    /// The container of a service, which must run.
    private func running(_ service: String, in project: ComposeProject) throws -> ContainerInfo {
        guard
            let info = try containers(of: project).first(where: {
                $0.spec.service == service && $0.isRunning && !$0.spec.isOneOff
            })
        else {
            let names = project.services.map(\.name)
            let near = names.contains(service) ? nil : nearestName(to: service, among: names)
            throw ComposeFailure("service \"\(service)\" is not running", help: near.map { "did you mean \"\($0)\"?" })
        }
        return info
    }

    private func exec(_ flags: ParsedFlags) throws -> Int32 {
        guard flags.arguments.count >= 2 else {
            throw ComposeFailure(
                "\"docker compose exec\" requires at least 2 arguments",
                help: "for example: docker compose exec nats nats-server --version")
        }
        let info = try running(flags.arguments[0], in: begin())
        return try ExecOptions.run(flags, Array(flags.arguments.dropFirst()), in: info, client)
    }

    private func runOnce(_ flags: ParsedFlags) throws -> Int32 {
        guard let name = flags.arguments.first else {
            throw ComposeFailure(
                "\"docker compose run\" requires at least 1 argument",
                help: "for example: docker compose run --rm nats-box nats --version")
        }
        let project = try begin()
        var service = try chosen([name], in: project)[0]
        for pair in flags.all("env") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            service.environment[String(parts[0])] =
                parts.count > 1 ? String(parts[1]) : ProcessEnvironment.all[String(parts[0])]
        }
        if let entry = flags.value("entrypoint") { service.entrypoint = ShellWords.split(entry) ?? [entry] }
        service.user = flags.value("user") ?? service.user
        service.workingDirectory = flags.value("workdir") ?? service.workingDirectory
        service.restart = nil
        service.containerName = nil
        if !flags.has("service-ports") { service.ports = [] }
        if !flags.all("publish").isEmpty || !flags.all("volume").isEmpty {
            throw ComposeFailure(
                "--publish and --volume are not supported here", help: "write them into the compose file")
        }
        let needs = flags.has("no-deps") ? [] : inOrder([service], of: project).dropLast()
        if !needs.isEmpty {
            try create(Array(needs), of: project, ParsedFlags())
            try start(Array(needs), of: project)
            try awaitNeeds(of: service, among: containers(of: project))
        }
        try makeResources(for: [service], of: project)
        let plan = ContainerPlan(project: project, catalog: try .ofWorkbench())
        let command = Array(flags.arguments.dropFirst())
        var spec = try plan.specification(
            of: service,
            name: flags.value("name") ?? "\(project.name)-\(service.name)-run-\(Supervisor.newID().prefix(12))",
            command: command.isEmpty ? nil : command)
        spec.isOneOff = true
        spec.isRemovedAtEnd = flags.has("rm") && flags.has("detach")
        spec.labels["com.docker.compose.oneoff"] = "True"
        tell("Container", spec.name, "Creating")
        let info = try client.container(.create(spec))
        tell("Container", spec.name, "Created")
        if flags.has("detach") {
            _ = try client.container(.start(info.id, isAttached: false))
            Console.print("\(info.id)\n")
            return 0
        }
        defer { if flags.has("rm") { _ = try? client.ask(.remove(info.id, force: true, volumes: true)) } }
        _ = try client.container(.start(info.id, isAttached: true), standard: [0, 1, 2])
        return Int32(try client.container(.wait(info.id, .exited, seconds: nil)).exitStatus)
    }
}

extension ContainerInfo {
    /// As `ps --format json` prints it.
    var json: ConfigTree {
        let labels = spec.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let volumes = spec.mounts.filter { $0.kind == .volume }
        return .map([
            ("Command", .text(command())), ("CreatedAt", .text(Clock.text(createdAt, "%Y-%m-%d %H:%M:%S +0000 UTC"))),
            ("Engine", .text("")), ("ExitCode", .number(exitStatus)), ("Health", .text(health?.rawValue ?? "")),
            ("ID", .text(shortID)), ("Image", .text(spec.image)), ("Labels", .text(labels)),
            ("LocalVolumes", .text(String(volumes.count))),
            ("Mounts", .text(spec.mounts.compactMap(\.source).joined(separator: ","))), ("Name", .text(spec.name)),
            ("Names", .text(spec.name)), ("Networks", .text(spec.networks.map(\.network).joined(separator: ","))),
            ("Ports", .text(portsText)), ("Project", .text(spec.project)),
            (
                "Publishers",
                .list(
                    publishers.map { port in
                        let url = port.address == "[::]" ? "::" : port.address
                        return .map([
                            ("URL", .text(url)), ("TargetPort", .number(port.target)),
                            ("PublishedPort", .number(port.published)), ("Protocol", .text(port.protocolName)),
                        ])
                    })
            ),
            ("RunningFor", .text("\(HumanTime.text(Clock.now() - createdAt)) ago")), ("Service", .text(spec.service)),
            ("Size", .text("0B")), ("State", .text(state.rawValue)), ("Status", .text(status)),
        ])
    }
}
