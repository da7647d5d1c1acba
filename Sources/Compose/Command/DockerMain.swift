import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `docker` and `docker-compose` commands in the tool folder of a workbench.
package enum DockerMain {
    /// Commands of the real Docker that nothing stands in for.
    private static let absent = [
        "attach", "build", "builder", "buildx", "checkpoint", "commit", "config", "context", "cp", "create", "diff",
        "events", "export", "history", "image", "images", "import", "info", "load", "login", "logout", "manifest",
        "node",
        "pause", "plugin", "pull", "push", "rename", "run", "save", "search", "secret", "service", "stack", "stats",
        "swarm",
        "system", "tag", "top", "trust", "unpause", "update",
    ]

    /// Runs `docker`.
    ///
    /// - Parameters:
    ///   - arguments: without the name of the program.
    ///   - executable: absolute path of this program.
    ///   - version: what this program calls itself, such as `Launchpad 0.1.0`.
    /// - Returns: the exit status.
    package static func run(arguments: [String], executable: String, version: String) -> Int32 {
        return report("docker") {
            let context = CommandContext(executable: executable, version: version)
            guard let first = arguments.first, !["-h", "--help", "help"].contains(first) else {
                Console.print(help())
                return 0
            }
            if first == "compose" {
                return try ComposeCommands(context: context, name: "docker compose").run(Array(arguments.dropFirst()))
            }
            if first == "--version" || first == "-v" {
                Console.print("Docker version \(DockerCommands.version), build launchpad\n")
                return 0
            }
            let commands = DockerCommands(context: context)
            if let command = commands.all.first(where: { $0.name == first }) {
                return try command.execute(Array(arguments.dropFirst()), program: "docker")
            }
            if absent.contains(first) {
                throw ComposeFailure(
                    "docker \(first): there is no Docker engine behind this docker, local programs stand in for it",
                    help: "here are: compose, \(commands.all.map(\.name).joined(separator: ", ")). "
                        + "For the rest run the guide with --engine docker")
            }
            let names = commands.all.map(\.name) + absent + ["compose"]
            let near = nearestName(to: first, among: names).map { "\nDid you mean \"docker \($0)\"?" } ?? ""
            throw ComposeFailure(
                "docker: unknown command: docker \(first)\(near)", help: "Run 'docker --help' for more information")
        }
    }

    /// Runs `docker-compose`; see ``run(arguments:executable:version:)``.
    package static func runCompose(arguments: [String], executable: String, version: String) -> Int32 {
        return report("docker-compose") {
            let context = CommandContext(executable: executable, version: version)
            return try ComposeCommands(context: context, name: "docker-compose").run(arguments)
        }
    }

    /// The one place where a failure becomes text and an exit status.
    private static func report(_ program: String, _ body: () throws -> Int32) -> Int32 {
        do {
            return try body()
        } catch let failure as ComposeFailure {
            Console.printError("\(failure)\n")
            return failure.status
        } catch let error as DiagnosticsError {
            Console.printError(Console.text(of: error.diagnostics))
            return 1
        } catch {
            Console.printError("\(program): \(error)\n")
            return 1
        }
    }

    private static func help() -> String {
        let commands = DockerCommands(context: CommandContext(executable: "", version: "")).all
        let lines = commands.map {
            "  \($0.name)\(String(repeating: " ", count: max(1, 12 - $0.name.count)))\($0.abstract)\n"
        }
        return
            "Usage:  docker COMMAND\n\nLaunchpad's stand-in for Docker: services are programs of this machine.\n\nCommands:\n"
            + "  compose     Define and run multi-container applications\n" + lines.joined()
    }
}

/// What every command of `docker` has.
struct CommandContext: Sendable {
    var executable: String
    var version: String

    var client: SupervisorClient { SupervisorClient(executable: executable) }
}

/// One command with its flags.
struct DockerCommand: Sendable {
    var name: String
    var abstract: String
    /// Behind the flags, as usage shows it.
    var usage = ""
    var flags: [FlagSet.Flag] = []
    /// True where everything behind the first argument belongs to a command.
    var passesThrough = false
    var body: @Sendable (ParsedFlags) throws -> Int32

    func execute(_ arguments: [String], program: String) throws -> Int32 {
        let set = FlagSet(flags: flags)
        let parsed = try set.parse(arguments, isInterspersed: !passesThrough, command: "\(program) \(name)")
        if parsed.wantsHelp {
            Console.print("Usage:  \(program) \(name) [OPTIONS] \(usage)\n\n\(abstract)\n")
            if !flags.isEmpty { Console.print("\nOptions:\n\(set.help)") }
            return 0
        }
        return try body(parsed)
    }
}

/// Standard output and standard error.
enum Console {
    static func print(_ text: String) {
        try? Descriptor.writeAll(Array(text.utf8), to: STDOUT_FILENO)
    }

    static func printError(_ text: String) {
        try? Descriptor.writeAll(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Diagnostics with the lines that they are about; files below the current folder by their relative paths.
    static func text(of diagnostics: [Diagnostic]) -> String {
        let here = WorkingDirectory.path
        let prefix = here == "/" ? "/" : here + "/"
        let shown = diagnostics.map { diagnostic in
            var diagnostic = diagnostic
            if diagnostic.file.hasPrefix(prefix) { diagnostic.file = String(diagnostic.file.dropFirst(prefix.count)) }
            return diagnostic
        }
        return DiagnosticRenderer(colored: false) { path in
            (try? FileBytes.read(path.hasPrefix("/") ? path : prefix + path)).map { SourceText($0) }
        }.render(shown)
    }
}

/// Where a command was called.
enum WorkingDirectory {
    static var path: String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}
