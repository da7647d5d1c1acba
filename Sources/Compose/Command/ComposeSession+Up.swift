import Guides
import Proving

/// `up`, `create`, `start`: bringing services to life.
extension ComposeSession {
    var lifeCycleCommands: [DockerCommand] {
        let grace = FlagSet.Flag.value("timeout", "t", "Specify a shutdown timeout in seconds")
        return [
            DockerCommand(
                name: "up", abstract: "Create and start containers", usage: "[SERVICE...]",
                flags: [
                    .flag("detach", "d", "Detached mode: Run containers in the background"),
                    .flag("wait", nil, "Wait for services to be running|healthy. Implies detached mode."),
                    .value(
                        "wait-timeout", nil, "Maximum duration in seconds to wait for the project to be running|healthy"
                    ),
                    .flag("force-recreate", nil, "Recreate containers even if their configuration hasn't changed"),
                    .flag("no-recreate", nil, "If containers already exist, don't recreate them"),
                    .flag("no-deps", nil, "Don't start linked services"),
                    .flag("no-start", nil, "Don't start the services after creating them"),
                    .flag("remove-orphans", nil, "Remove containers for services not defined in the Compose file"),
                    .flag("quiet-pull", nil, "Pull without printing progress information"),
                    .value("pull", nil, "Pull image before running"),
                    .flag("renew-anon-volumes", "V", "Recreate anonymous volumes"),
                    .flag("abort-on-container-exit", nil, "Stops all containers if any container was stopped"),
                    .value("exit-code-from", nil, "Return the exit code of the selected service container"),
                    .flag("no-color", nil, "Produce monochrome output"),
                    .flag("no-log-prefix", nil, "Don't print prefix in logs"), grace,
                ], body: up),
            DockerCommand(
                name: "create", abstract: "Creates containers for a service", usage: "[SERVICE...]",
                flags: [.flag("force-recreate", nil, "Recreate containers even if their configuration hasn't changed")]
            ) { flags in
                let project = try begin()
                let services = inOrder(try chosen(flags.arguments, in: project), of: project)
                try create(services, of: project, flags)
                return 0
            },
            DockerCommand(
                name: "start", abstract: "Start services", usage: "[SERVICE...]",
                flags: [.flag("wait", nil, "Wait for services to be running|healthy")]
            ) { flags in
                let project = try begin()
                let services = try chosen(flags.arguments, in: project)
                try start(inOrder(services, of: project, withNeeds: false), of: project)
                if flags.has("wait") { try awaitHealthy(services, of: project, seconds: nil) }
                return 0
            },
            DockerCommand(
                name: "down", abstract: "Stop and remove containers, networks",
                flags: [
                    .flag(
                        "volumes", "v", "Remove named volumes declared in the \"volumes\" section and anonymous volumes"
                    ),
                    .flag("remove-orphans", nil, "Remove containers for services not defined in the Compose file"),
                    .value("rmi", nil, "Remove images used by services"), grace,
                ], body: down),
            DockerCommand(
                name: "stop", abstract: "Stop services", usage: "[SERVICE...]", flags: [grace]
            ) { flags in
                let project = try begin()
                let services = inOrder(try chosen(flags.arguments, in: project), of: project, withNeeds: false)
                try stop(services.reversed(), of: project, seconds: flags.number("timeout"))
                return 0
            },
            DockerCommand(
                name: "restart", abstract: "Restart service containers", usage: "[SERVICE...]",
                flags: [grace, .flag("no-deps", nil, "Don't restart dependent services")], body: restart),
            DockerCommand(
                name: "kill", abstract: "Force stop service containers", usage: "[SERVICE...]",
                flags: [
                    .value("signal", "s", "SIGNAL to send to the container"),
                    .flag("remove-orphans", nil, "Remove orphans"),
                ],
                body: kill),
            DockerCommand(
                name: "rm", abstract: "Removes stopped service containers", usage: "[SERVICE...]",
                flags: [
                    .flag("force", "f", "Don't ask to confirm removal"),
                    .flag("stop", "s", "Stop the containers, if required, before removing"),
                    .flag("volumes", "v", "Remove any anonymous volumes attached to containers"),
                ], body: remove),
            DockerCommand(
                name: "pull", abstract: "Pull service images", usage: "[SERVICE...]",
                flags: [.flag("quiet", "q", "Pull without printing progress information")]
            ) { flags in
                // What stands in for an image is here already, or it is not to be had.
                let project = try begin()
                let catalog = try ImageCatalog.ofWorkbench()
                for service in try chosen(flags.arguments, in: project) {
                    if let problem = catalog.obstacle(service.image) { throw ComposeFailure(problem) }
                    tell("Image", service.image, "Pulled")
                }
                return 0
            },
        ]
    }

    func up(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        var chosen = try chosen(flags.arguments, in: project)
        if let name = flags.value("exit-code-from"), !chosen.contains(where: { $0.name == name }) {
            chosen += try self.chosen([name], in: project)
        }
        let services = inOrder(chosen, of: project, withNeeds: !flags.has("no-deps"))
        guard !services.isEmpty else {
            throw ComposeFailure(
                "no service selected", help: "describe one in \(project.files[0]), or name its --profile")
        }
        let orphans = try containers(of: project).filter { info in
            !info.spec.isOneOff && project.service(info.spec.service) == nil
        }
        if flags.has("remove-orphans") {
            try remove(orphans, volumes: false, seconds: nil)
        } else if !orphans.isEmpty {
            let names = orphans.map(\.spec.name).joined(separator: " ")
            Console.printError(
                "warning: Found orphan containers ([\(names)]) for this project. If you removed or renamed this service in your "
                    + "compose file, you can run this command with the --remove-orphans flag to clean it up.\n")
        }
        try create(services, of: project, flags, recreating: Set(chosen.map(\.name)))
        if flags.has("no-start") { return 0 }
        let isDetached = flags.has("detach") || flags.has("wait")
        guard isDetached else { return try attach(to: chosen, services, of: project, flags) }
        try start(services, of: project)
        if flags.has("wait") {
            try awaitHealthy(services, of: project, seconds: flags.number("wait-timeout").map(Double.init))
        }
        return 0
    }

    /// Makes networks, volumes and containers, as far as they are missing or out of date.
    ///
    /// - Parameter recreated: the services that `--force-recreate` is about; all by default.
    func create(
        _ services: [Service], of project: ComposeProject, _ flags: ParsedFlags,
        recreating recreated: Set<String>? = nil
    ) throws {
        let plan = ContainerPlan(project: project, catalog: try .ofWorkbench())
        // Whether everything can be served is found out before anything is made.
        let specs = try services.map { try plan.specification(of: $0, name: plan.name(of: $0)) }
        try makeResources(for: services, of: project)
        let existing = try containers(of: project)
        for spec in specs {
            let old = existing.first { $0.spec.service == spec.service && !$0.spec.isOneOff }
            if let old {
                let label = "com.docker.compose.config-hash"
                let isForced = flags.has("force-recreate") && recreated?.contains(spec.service) ?? true
                let isCurrent = old.spec.labels[label] == spec.labels[label] && !isForced
                if isCurrent || flags.has("no-recreate") { continue }
                tell("Container", old.spec.name, "Recreate")
                _ = try client.ask(.stop(old.id, graceNanoseconds: nil))
                _ = try client.ask(.remove(old.id, force: true, volumes: flags.has("renew-anon-volumes")))
                _ = try client.container(.create(spec))
                tell("Container", spec.name, "Recreated")
            } else {
                tell("Container", spec.name, "Creating")
                _ = try client.container(.create(spec))
                tell("Container", spec.name, "Created")
            }
        }
    }

    func makeResources(for services: [Service], of project: ComposeProject) throws {
        for key in Set(services.flatMap(\.networks.keys)).sorted() {
            guard let network = project.networks[key] else { continue }
            let resource = StoredResource(
                name: network.name, project: project.name, key: key, labels: network.labels, createdAt: Clock.now())
            try make(resource, network, "Network", list: .networks, make: .ensureNetwork(resource))
        }
        let mounts = services.flatMap { $0.mounts.filter { $0.kind == .volume }.compactMap(\.source) }
        for key in Set(mounts).sorted() {
            guard let volume = project.volumes[key] else { continue }
            let resource = StoredResource(
                name: volume.name, project: project.name, key: key, labels: volume.labels, createdAt: Clock.now())
            try make(resource, volume, "Volume", list: .volumes, make: .ensureVolume(resource))
        }
    }

    private func make(
        _ stored: StoredResource, _ resource: Resource, _ kind: String, list: SupervisorRequest, make: SupervisorRequest
    ) throws {
        if try client.resources(list).contains(where: { $0.name == stored.name }) { return }
        guard !resource.isExternal else {
            throw ComposeFailure(
                "\(kind.lowercased()) \(stored.name) declared as external, but could not be found",
                help: "make it: docker \(kind.lowercased()) create \(stored.name)")
        }
        tell(kind, stored.name, "Creating")
        try client.ask(make)
        tell(kind, stored.name, "Created")
    }

    // MARK: Starting

    /// Starts containers, each once what it needs is as it must be.
    func start(_ services: [Service], of project: ComposeProject) throws {
        let existing = try containers(of: project)
        try inParallel(services.map(\.name)) { name in
            guard let service = project.service(name),
                let info = existing.first(where: { $0.spec.service == name && !$0.spec.isOneOff })
            else { throw ComposeFailure("service \"\(name)\" has no container to start") }
            try awaitNeeds(of: service, among: existing)
            if info.isRunning {
                tell("Container", info.spec.name, "Running")
                return
            }
            tell("Container", info.spec.name, "Starting")
            _ = try client.container(.start(info.id, isAttached: false))
            tell("Container", info.spec.name, "Started")
        } after: { name in
            project.service(name)?.dependencies.map(\.service) ?? []
        }
    }

    func awaitNeeds(of service: Service, among existing: [ContainerInfo]) throws {
        for dependency in service.dependencies where dependency.condition != .started {
            guard let needed = existing.first(where: { $0.spec.service == dependency.service && !$0.spec.isOneOff })
            else {
                continue
            }
            tell("Container", needed.spec.name, "Waiting")
            if dependency.condition == .healthy, needed.spec.health?.isNone ?? true {
                throw ComposeFailure(
                    "dependency failed to start: container \(needed.spec.name) has no healthcheck configured",
                    help: "give the service \"\(dependency.service)\" a healthcheck, or wait for service_started only")
            }
            let condition: WaitCondition = dependency.condition == .completed ? .exited : .healthy
            let info = try client.container(.wait(needed.id, condition, seconds: nil))
            let problem: String?
            if condition == .exited {
                problem =
                    info.exitStatus == 0
                    ? nil
                    : "service \"\(dependency.service)\" didn't complete successfully: exit \(info.exitStatus)"
            } else if info.state == .exited {
                problem = "dependency failed to start: container \(info.spec.name) exited (\(info.exitStatus))"
            } else if info.health == .unhealthy {
                problem = "dependency failed to start: container \(info.spec.name) is unhealthy"
            } else {
                problem = nil
            }
            if let problem {
                tell("Container", info.spec.name, "Error")
                if dependency.isRequired { throw ComposeFailure(problem, help: hint(info)) }
                continue
            }
            tell("Container", info.spec.name, condition == .exited ? "Exited" : "Healthy")
        }
    }

    /// `--wait`: until all run and are healthy. Ones that have done their work count where others wait for just that.
    func awaitHealthy(_ services: [Service], of project: ComposeProject, seconds: Double?) throws {
        let existing = try containers(of: project)
        let waited = existing.filter { info in services.contains { $0.name == info.spec.service } && !info.spec.isOneOff
        }
        for info in waited { tell("Container", info.spec.name, "Waiting") }
        let deadline = seconds.map { Clock.now() + $0 }
        for info in waited {
            let left = deadline.map { max(0, $0 - Clock.now()) }
            let isTask = services.contains { service in
                service.dependencies.contains { $0.service == info.spec.service && $0.condition == .completed }
            }
            let now = try client.container(.wait(info.id, isTask ? .exited : .healthy, seconds: left))
            if now.state == .exited, now.exitStatus == 0, isTask {
                tell("Container", now.spec.name, "Exited")
                continue
            }
            if now.state == .exited {
                tell("Container", now.spec.name, "Error")
                throw ComposeFailure("container \(now.spec.name) exited (\(now.exitStatus))", help: hint(now))
            }
            if now.health == .unhealthy {
                tell("Container", now.spec.name, "Error")
                throw ComposeFailure("container \(now.spec.name) is unhealthy", help: hint(now))
            }
            guard now.state == .running, now.health != .starting else {
                throw ComposeFailure(
                    "application not healthy after \(GoDuration(nanoseconds: Int((seconds ?? 0) * 1e9)).text)")
            }
            tell("Container", now.spec.name, "Healthy")
        }
    }

    /// What the container said last, which usually says why.
    private func hint(_ info: ContainerInfo) -> String {
        var last: [String] = info.healthOutput.trimmed.isEmpty ? [] : ["health check: \(info.healthOutput.trimmed)"]
        try? client.follow(.logs([info.id], isFollowing: false)) { lines in
            last += lines.suffix(5).map(\.text)
        }
        return last.isEmpty ? "it has printed nothing" : last.joined(separator: "\n")
    }
}
