#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `nats-server` command: what this binary is when it is started under that name.
package enum NATSServerMain {
    /// Runs the broker until it is told to stop. Keeps the calling thread meanwhile, which must be the main one.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the process's exit status.
    package static func run(arguments: [String]) -> Int32 {
        let flags: ServerFlags
        do throws(FlagParser.Failure) {
            flags = try ServerFlags(arguments)
        } catch {
            return refuse(error)
        }
        if flags.showsVersion {
            systemWriteAll(STDOUT_FILENO, "nats-server: v\(BrokerSettings.natsVersion)\n")
            return 0
        }
        if flags.showsHelp {
            systemWriteAll(STDOUT_FILENO, ServerFlags.usage + "\n")
            return 0
        }
        if flags.showsTLSHelp {
            systemWriteAll(STDOUT_FILENO, ServerFlags.tlsUsage + "\n")
            return 0
        }
        do {
            if let signal = flags.signal {
                try SignalCommand.send(signal)
                return 0
            }
            // Their threads start while the configuration is read.
            let loops = flags.checksConfig ? nil : ServingLoops()
            let configured = try Configuration(flags)
            guard let loops else {
                systemWriteAll(
                    STDERR_FILENO,
                    "nats-server: configuration file \(flags.configFile ?? "") is valid (\(configured.digest ?? ""))\n")
                return 0
            }
            if !configured.warnings.isEmpty { systemWriteAll(STDERR_FILENO, configured.warnings) }
            let log = try ServerLog(configured.settings.log)
            let program = ServerProgram(flags, configured, log, loops)
            return program.run()
        } catch let error as ServerLog.CannotOpen {
            // There is no log that could say so in its own form.
            systemWriteAll(STDERR_FILENO, "\(WallClock.now().logText(utc: false).prefix(19)) \(error)\n")
            return 1
        } catch {
            systemWriteAll(STDERR_FILENO, "nats-server: \(error)\n")
            return 1
        }
    }

    /// A flag that cannot be read brings up the usage and, as in nats-server, exit status 0; a stray word does not.
    private static func refuse(_ failure: FlagParser.Failure) -> Int32 {
        if failure.description.hasPrefix("unrecognized command") {
            systemWriteAll(STDERR_FILENO, "nats-server: \(failure)\n")
            return 1
        }
        systemWriteAll(STDERR_FILENO, "\(failure)\n")
        systemWriteAll(STDOUT_FILENO, ServerFlags.usage + "\n")
        return 0
    }
}
