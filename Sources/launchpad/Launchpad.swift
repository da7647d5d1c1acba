import ArgumentParser
import CLinkage
import Compose
import Dispatch
import NATSBroker
import NATSCommands

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The one binary. The name it was started under decides what it is: the tool folder of a workbench links `nats-server`,
/// `nats`, `docker` and `docker-compose` to it, and `launchpad nats-server …` does the same without a link.
@main
enum Launchpad {
    static func main() {
        linkage_look_names_up_without_libraries()
        let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "launchpad"
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (program, arguments.first) {
        case ("nats-server", _):
            exit(NATSServerMain.run(arguments: arguments))
        case ("nats", _):
            runAsynchronously { exit(await NATSMain.run(arguments: arguments)) }
        case ("docker", _):
            exit(runDocker(DockerMain.run, arguments))
        case ("docker-compose", _):
            exit(runDocker(DockerMain.runCompose, arguments))
        case (_, "docker"):
            exit(runDocker(DockerMain.run, Array(arguments.dropFirst())))
        case (_, SupervisorMain.name):
            exit(SupervisorMain.run())
        case (_, "nats-server"):
            exit(NATSServerMain.run(arguments: Array(arguments.dropFirst())))
        case (_, "nats"):
            runAsynchronously { exit(await NATSMain.run(arguments: Array(arguments.dropFirst()))) }
        default:
            runAsynchronously { await LaunchpadCommand.start(arguments) }
        }
    }

    private static func runDocker(
        _ run: (_ arguments: [String], _ executable: String, _ version: String) -> Int32, _ arguments: [String]
    ) -> Int32 {
        guard let executable = try? ExecutablePath.current() else { return 1 }
        return run(arguments, executable, "Launchpad \(LaunchpadCommand.configuration.version)")
    }

    /// Runs a command that ends the process, or ends it with exit status 0 once the command is done. A server does without:
    /// it starts in two thirds of the time if the concurrency runtime need not start first.
    private static func runAsynchronously(_ command: @escaping @Sendable () async -> Void) -> Never {
        Task {
            await command()
            exit(0)
        }
        dispatchMain()
    }
}
