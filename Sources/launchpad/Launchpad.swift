import ArgumentParser
import NATSBroker
import NATSCommands

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The one binary. The name it was started under decides what it is: the tool folder of a workbench links `nats-server`
/// and `nats` to it, and `launchpad nats-server …` does the same without a link.
@main
enum Launchpad {
    static func main() async {
        let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "launchpad"
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (program, arguments.first) {
        case ("nats-server", _):
            exit(await NATSServerMain.run(arguments: arguments))
        case ("nats", _):
            exit(await NATSMain.run(arguments: arguments))
        case (_, "nats-server"):
            exit(await NATSServerMain.run(arguments: Array(arguments.dropFirst())))
        case (_, "nats"):
            exit(await NATSMain.run(arguments: Array(arguments.dropFirst())))
        default:
            await LaunchpadCommand.start(arguments)
        }
    }
}
