#if canImport(Glibc)
import GoFormats
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A broker as a process: what it logs when it starts and stops, the files it leaves beside itself, and its signals.
struct ServerProgram {
    /// The command line, which is laid over the configuration file again at each reload.
    var flags: ServerFlags
    var settings: BrokerSettings
    var log: ServerLog
    /// Whether a password stands in the configuration as it is.
    var hasPlainPasswords = false
    /// `sha256:…` of the configuration file.
    var configDigest: String?
    /// Why the configuration cannot be served, although it could be read.
    var fatal: String?

    /// Serves until a signal says to stop.
    ///
    /// - Returns: the process's exit status.
    func run() async -> Int32 {
        let signals = ProcessSignal.stream()
        let broker = Broker(settings: settings, log: log)
        logStart(broker)
        if let fatal {
            log.fatal(fatal)
            return 1
        }
        do {
            try await broker.start()
        } catch {
            log.fatal(error.message)
            return 1
        }
        if let file = settings.pidFile { writePID(file) }
        let portsFile = settings.portsFileDirectory.flatMap { writePorts($0, broker) }
        log.info("Server is ready")
        await serve(broker, signals)
        if let portsFile { TextFile.remove(portsFile) }
        return 0
    }

    private func logStart(_ broker: Broker) {
        log.info("Starting nats-server")
        log.info("  Version:  \(BrokerSettings.natsVersion)")
        log.info("  Launchpad: \(BrokerSettings.launchpadVersion)")
        log.info("  Name:     \(broker.serverName)")
        log.info("  ID:       \(broker.serverID)")
        if hasPlainPasswords { log.warning("Plaintext passwords detected, use nkeys or bcrypt") }
        if let file = settings.configFile {
            log.info("Using configuration file: \(file) \(configDigest.map { "(\($0))" } ?? "")")
        }
        log.debug("Created system account: \(GoText.quoted(settings.systemAccount))")
        if settings.maxPayload > 8 << 20 {
            log.warning("Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance")
        }
    }

    private func serve(_ broker: Broker, _ signals: AsyncStream<ProcessSignal>) async {
        var lameDuck: Task<Void, Never>?
        let (ended, end) = AsyncStream<Void>.makeStream()
        let watcher = Task {
            for await signal in signals {
                log.info("Trapped \(GoText.quoted(signal.name)) signal")
                switch signal {
                case .interrupt: end.finish()
                case .terminate:
                    // A lame duck takes its time; only an interrupt cuts that short.
                    if lameDuck == nil { end.finish() }
                case .hangUp: reload(broker)
                case .user1: log.reopen()
                case .user2:
                    if lameDuck == nil {
                        lameDuck = Task {
                            await broker.retire()
                            end.finish()
                        }
                    }
                }
            }
        }
        for await _ in ended {}
        watcher.cancel()
        log.info("Initiating Shutdown...")
        await broker.stop()
        log.info("Server Exiting..")
    }

    private func reload(_ broker: Broker) {
        guard settings.configFile != nil else {
            log.error(
                "Failed to reload server configuration: can only reload config when a file is provided using -c or --config"
            )
            return
        }
        do {
            let configuration = try Configuration(flags)
            if let fatal = configuration.fatal {
                log.error("Failed to reload server configuration: \(fatal)")
                return
            }
            broker.reload(configuration.settings)
            log.info("Reloaded server configuration")
        } catch {
            log.error("Failed to reload server configuration: \(error)")
        }
    }

    private func writePID(_ file: String) {
        do throws(TextFile.Failure) {
            try TextFile.write(file, String(getpid()))
        } catch {
            log.error("Could not write pidfile: \(error)")
        }
    }

    /// Tells other processes which ports were chosen: `nats-server_<pid>.ports`.
    private func writePorts(_ directory: String, _ broker: Broker) -> String? {
        let path = directory + "/nats-server_\(getpid()).ports"
        do throws(TextFile.Failure) {
            try TextFile.write(path, broker.portsDocument)
            return path
        } catch {
            log.error("Error writing ports file (\(path)): \(error)")
            return nil
        }
    }
}
