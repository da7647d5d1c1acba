package import Tangling

/// What stands behind the commands of a guide.
///
/// The only thing in proving that knows what a guide's tools are for. Everything else sees names and paths.
package protocol Engine: Sendable {
    /// Name and version, for the ledger and for the cache.
    var identity: EngineIdentity { get }
    /// Whether blocks that are for the engine of this name alone find here what they need of it.
    func offers(_ engine: String) -> Bool
    /// The tools that it puts first on the path: absolute paths of programs by the name that guides call them by.
    var tools: [String: String] { get }
    /// The command that serves the file of a guide's `broker:`, and what says that it is ready.
    ///
    /// - Parameter statusDirectory: an empty directory, as the command sees it, for what the broker says about itself.
    func broker(configuration: String, statusDirectory: String) -> BrokerCommand
    /// What its tools need in a workbench beside their own programs.
    var supplies: WorkbenchSupplies { get }
    /// The command that starts the services of the compose file of a guide's `services:` and returns once they are ready; nil
    /// where this engine has no services.
    func services(configuration: String) -> String?
    /// Why the services that a guide describes in `files` cannot be run here; nil where they can.
    func obstacle(toServicesIn files: [TangledFile]) -> String?
    /// Why a command that starts something cannot be run here; nil where it can.
    func obstacle(toCommand command: String) -> String?
    /// What tells the services of `files` from those that they were before, by name: proofs depend on it.
    func identities(ofServicesIn files: [TangledFile]) -> [String: String]
    /// Begins to look after services that run outside of the workbench; nil where there are none.
    ///
    /// - Parameter workspace: absolute path of the guide's workspace.
    /// - Throws: ``CouldNotRun``.
    func keepServices(of files: [TangledFile], in workspace: String) throws -> (any ServicesKeeper)?
}

extension Engine {
    package func offers(_ engine: String) -> Bool { identity.name == engine }

    package var supplies: WorkbenchSupplies { WorkbenchSupplies() }

    package func services(configuration: String) -> String? { nil }

    package func obstacle(toServicesIn files: [TangledFile]) -> String? {
        "not run: there are no services on the engine \(identity.name)"
    }

    package func obstacle(toCommand command: String) -> String? { nil }

    package func identities(ofServicesIn files: [TangledFile]) -> [String: String] { [:] }

    package func keepServices(of files: [TangledFile], in workspace: String) throws -> (any ServicesKeeper)? { nil }
}

/// Looks after the services of one guide that run outside of its workbench.
package protocol ServicesKeeper {
    /// What has served the images that were asked for, so far.
    func served() -> [StandInProof]
    /// Takes down what is left of the services, with all that they have stored. Blocks until that is done.
    func end()
}

/// What the tools of an engine need in a workbench.
package struct WorkbenchSupplies: Sendable, Hashable {
    /// Small files, by their path inside.
    package var files: [String: [UInt8]] = [:]
    /// Programs that tools start; shown at their own paths.
    package var executables: Set<String> = []
    /// Folders that are shown read-only, by their path inside.
    package var folders: [String: String] = [:]
    /// Variables that every command finds.
    package var environment: [String: String] = [:]
    /// What the commands of a guide with services need of the machine itself; nil where they need nothing, because the services
    /// run in the workbench.
    package var machine: MachineAccess?

    package init() {}
}

/// What a workbench gets of the machine itself, because its services run outside.
///
/// Such workbenches share the machine's network, so there is one at a time, and have their workspace at its own path, which means
/// the same outside.
package struct MachineAccess: Sendable, Hashable {
    /// Absolute paths of sockets.
    package var sockets: [String]

    package init(sockets: [String]) {
        self.sockets = sockets
    }
}

/// How a broker is started for a guide.
package struct BrokerCommand: Sendable, Hashable {
    /// A line for the shell.
    package var command: String
    /// The end of the name of the file that appears in the status directory once the broker is ready.
    package var readyFileSuffix: String

    package init(command: String, readyFileSuffix: String) {
        self.command = command
        self.readyFileSuffix = readyFileSuffix
    }
}

/// The tools that are this very binary under other names.
package struct BundledEngine: Engine {
    package let identity: EngineIdentity
    package let tools: [String: String]

    /// - Parameters:
    ///   - executable: absolute path of the `launchpad` binary.
    ///   - version: what it calls itself, such as `Launchpad 0.1.0`.
    package init(executable: String, version: String) {
        identity = EngineIdentity(name: "bundled", version: version)
        tools = ["nats-server": executable, "nats": executable]
    }

    package func broker(configuration: String, statusDirectory: String) -> BrokerCommand {
        .natsServer(configuration: configuration, statusDirectory: statusDirectory)
    }
}

/// A real nats-server in the place of the bundled broker; the `nats` tool stays the bundled one.
package struct NATSServerEngine: Engine {
    package let identity: EngineIdentity
    package let tools: [String: String]

    /// Where this machine has the real nats-server: on the path, or behind a script there. Nil where it has none.
    ///
    /// - Parameter executable: absolute path of the `launchpad` binary, which may be on the path under that name, too.
    package static func findServer(besides executable: String) -> String? {
        // It reads its configuration before it does anything else.
        ExecutableSearch.findBinary("nats-server", except: executable) { ["-c", $0] }
    }

    /// - Parameter server: absolute path of the nats-server program; a script that looks for it elsewhere will not do.
    /// - Throws: ``CouldNotRun`` where it does not say its version.
    package init(executable: String, server: String) throws {
        let (status, output) = try ShortCommand.run(server, ["--version"])
        guard status == 0, output.hasPrefix("nats-server") else {
            throw CouldNotRun(
                "\(server) does not answer --version as nats-server does",
                help: "put the nats-server binary itself on the path"
            )
        }
        let version = output.split(whereSeparator: \.isWhitespace).last.map { $0.drop { $0 == "v" } } ?? ""
        identity = EngineIdentity(name: "nats-server", version: "nats-server \(version)")
        tools = ["nats-server": server, "nats": executable]
    }

    package func broker(configuration: String, statusDirectory: String) -> BrokerCommand {
        .natsServer(configuration: configuration, statusDirectory: statusDirectory)
    }
}

extension BrokerCommand {
    /// nats-server writes a file with its ports once all of them are open.
    fileprivate static func natsServer(configuration: String, statusDirectory: String) -> BrokerCommand {
        BrokerCommand(
            command: "nats-server -c \(ShellQuoting.word(configuration)) --ports_file_dir \(statusDirectory)",
            readyFileSuffix: ".ports"
        )
    }
}
