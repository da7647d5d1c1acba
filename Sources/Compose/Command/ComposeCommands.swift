import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `docker compose`.
struct ComposeCommands: Sendable {
    private static let globals = FlagSet(flags: [
        .value("file", "f", "Compose configuration files"), .value("project-name", "p", "Project name"),
        .value("project-directory", nil, "Specify an alternate working directory"),
        .value("profile", nil, "Specify a profile to enable"),
        .value("env-file", nil, "Specify an alternate environment file"),
        .value("ansi", nil, "Control when to print ANSI control characters"),
        .value("progress", nil, "Set type of progress output (auto, plain, quiet)"),
        .value("parallel", nil, "Control max parallelism"),
        .flag("compatibility", nil, "Run compose in backward compatibility mode"),
        .flag("version", "v", "Show the Docker Compose version information"),
    ])
    /// Commands of the real Compose that nothing stands in for.
    private static let absent = [
        "attach", "build", "commit", "cp", "events", "export", "pause", "publish", "push", "scale", "stats", "top",
        "unpause", "watch",
    ]

    let context: CommandContext
    /// `docker compose` or `docker-compose`.
    let name: String

    func run(_ arguments: [String]) throws -> Int32 {
        let parsed = try Self.globals.parse(arguments, isInterspersed: false, command: name)
        if parsed.has("version") { return try version(ParsedFlags()) }
        var session = ComposeSession(context: context, flags: parsed)
        guard let first = parsed.arguments.first, first != "help", !parsed.wantsHelp else {
            Console.print(help(commands(session)))
            return 0
        }
        session.isQuiet = parsed.value("progress") == "quiet"
        let commands = commands(session)
        if let command = commands.first(where: { $0.name == first }) {
            return try command.execute(Array(parsed.arguments.dropFirst()), program: name)
        }
        if Self.absent.contains(first) {
            throw ComposeFailure(
                "\(name) \(first) is not supported by Launchpad's stand-in for Compose",
                help:
                    "here are: \(commands.map(\.name).joined(separator: ", ")). For the rest run the guide with --engine docker"
            )
        }
        let near = nearestName(to: first, among: commands.map(\.name) + Self.absent)
        throw ComposeFailure(
            "unknown docker command: \"compose \(first)\"",
            help: near.map { "did you mean \"\($0)\"?" }
                ?? "the commands are: \(commands.map(\.name).joined(separator: ", "))")
    }

    func version(_ flags: ParsedFlags) throws -> Int32 {
        if flags.has("short") {
            Console.print("\(DockerCommands.composeVersion)\n")
        } else if flags.value("format") == "json" {
            Console.print("{\"version\":\"v\(DockerCommands.composeVersion)\"}\n")
        } else {
            Console.print("Docker Compose version v\(DockerCommands.composeVersion) (\(context.version))\n")
        }
        return 0
    }

    private func commands(_ session: ComposeSession) -> [DockerCommand] {
        [
            DockerCommand(
                name: "version", abstract: "Show the Docker Compose version information",
                flags: [
                    .flag("short", nil, "Shows only Compose's version number"),
                    .value("format", "f", "Format the output: pretty or json"),
                ],
                body: version),
            DockerCommand(
                name: "config", abstract: "Parse, resolve and render compose file in canonical format",
                usage: "[SERVICE...]",
                flags: [
                    .flag("quiet", "q", "Only validate the configuration, don't print anything"),
                    .flag("services", nil, "Print the service names, one per line"),
                    .flag("volumes", nil, "Print the volume names, one per line"),
                    .flag("networks", nil, "Print the network names, one per line"),
                    .flag("images", nil, "Print the image names, one per line"),
                    .flag("profiles", nil, "Print the profile names, one per line"),
                    .value("format", nil, "Format the output: yaml or json"), .value("output", "o", "Save to file"),
                ], body: session.config),
        ] + session.lifeCycleCommands + session.lookingCommands
    }

    private func help(_ commands: [DockerCommand]) -> String {
        let lines = commands.sorted { $0.name < $1.name }.map {
            "  \($0.name)\(String(repeating: " ", count: max(1, 12 - $0.name.count)))\($0.abstract)\n"
        }
        return
            "Usage:  \(name) [OPTIONS] COMMAND\n\nDefine and run multi-container applications with Docker\n\nOptions:\n"
            + Self.globals.help + "\nCommands:\n" + lines.joined()
    }
}

/// One call of `docker compose`: its flags and the project that they name.
struct ComposeSession: Sendable {
    let context: CommandContext
    private let loader: ComposeLoader
    private let profiles: [String]
    var isQuiet = false

    init(context: CommandContext, flags: ParsedFlags) {
        self.context = context
        var loader = ComposeLoader(workingDirectory: WorkingDirectory.path, environment: ProcessEnvironment.all)
        loader.files = flags.all("file")
        loader.projectName = flags.value("project-name")
        loader.projectDirectory = flags.value("project-directory")
        loader.environmentFiles = flags.all("env-file")
        self.loader = loader
        profiles =
            flags.all("profile")
            + (ProcessEnvironment.all["COMPOSE_PROFILES"]?.split(separator: ",").map(String.init) ?? [])
    }

    var client: SupervisorClient { context.client }

    /// Reads the project and says what is odd about it.
    func load() throws -> ComposeProject {
        let (project, warnings) = try loader.load()
        for warning in warnings {
            Console.printError("warning: \(warning.message)\n")
        }
        return project
    }

    /// Reads the project and makes sure that there is a supervisor.
    func begin() throws -> ComposeProject {
        let project = try load()
        try client.start()
        return project
    }

    /// The services that a command is about: those named, or all whose profiles are on.
    func chosen(_ names: [String], in project: ComposeProject) throws(ComposeFailure) -> [Service] {
        guard names.isEmpty else {
            var result: [Service] = []
            for name in names {
                guard let service = project.service(name) else {
                    let near = nearestName(to: name, among: project.services.map(\.name))
                    throw ComposeFailure("no such service: \(name)", help: near.map { "did you mean \"\($0)\"?" })
                }
                result.append(service)
            }
            return result
        }
        return project.services.filter { service in
            service.profiles.isEmpty || service.profiles.contains { profiles.contains($0) } || profiles.contains("*")
        }
    }

    /// Services with those that they need, every one behind its needs.
    func inOrder(_ services: [Service], of project: ComposeProject, withNeeds: Bool = true) -> [Service] {
        var result: [Service] = []
        func add(_ service: Service) {
            guard !result.contains(where: { $0.name == service.name }) else { return }
            for dependency in service.dependencies {
                guard let needed = project.service(dependency.service) else { continue }
                if withNeeds || services.contains(where: { $0.name == needed.name }) { add(needed) }
            }
            result.append(service)
        }
        for service in services { add(service) }
        return result
    }

    /// A line of progress on standard error.
    func tell(_ what: String, _ name: String, _ state: String) {
        if !isQuiet { Console.printError(" \(what) \(name) \(state) \n") }
    }

    /// The containers of the project.
    func containers(of project: ComposeProject) throws -> [ContainerInfo] {
        try client.containers().filter { $0.spec.project == project.name }
    }

    func config(_ flags: ParsedFlags) throws -> Int32 {
        let project = try load()
        let services = inOrder(try chosen(flags.arguments, in: project), of: project).sorted { $0.name < $1.name }
        if flags.has("quiet") { return 0 }
        var text = ""
        func list(_ names: some Sequence<String>) { text = names.map { "\($0)\n" }.joined() }
        if flags.has("services") {
            list(services.map(\.name))
        } else if flags.has("volumes") {
            list(Set(services.flatMap { $0.mounts.filter { $0.kind == .volume }.compactMap(\.source) }).sorted())
        } else if flags.has("networks") {
            list(Set(services.flatMap(\.networks.keys)).sorted())
        } else if flags.has("images") {
            list(services.map(\.image))
        } else if flags.has("profiles") {
            list(Set(project.services.flatMap(\.profiles)).sorted())
        } else {
            let tree = project.config(services: services)
            text = flags.value("format") == "json" ? tree.json(indentation: "") + "\n" : tree.yaml()
        }
        if let file = flags.value("output") {
            try AtomicFile.write(Array(text.utf8), to: AbsolutePath.of(file, in: WorkingDirectory.path))
        } else {
            Console.print(text)
        }
        return 0
    }
}

/// The environment of this process.
enum ProcessEnvironment {
    static let all: [String: String] = {
        var result: [String: String] = [:]
        var entry = environ
        while let pair = entry.pointee {
            let parts = String(cString: pair).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            entry += 1
        }
        return result
    }()
}
