import Dispatch
import GoFormats
import NATSConfig
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A broker as a process: what it logs when it starts and stops, the files it leaves beside itself, and its signals.
final class ServerProgram: Sendable {
    /// The command line, which is laid over the configuration file again at each reload.
    private let flags: ServerFlags
    private let configuration: Configuration
    private let log: ServerLog
    private let loops: ServingLoops
    private let state: Mutex<State>

    private struct State {
        /// What the broker runs with now.
        var options: ServerOptions
        var portsFile: String?
    }

    init(_ flags: ServerFlags, _ configuration: Configuration, _ log: ServerLog, _ loops: ServingLoops) {
        self.flags = flags
        self.configuration = configuration
        self.log = log
        self.loops = loops
        state = Mutex(State(options: configuration.options))
    }

    /// Serves until a signal says to stop, and keeps the calling thread, which must not be one of the concurrency runtime's.
    ///
    /// A server is ready without that runtime, whose threads would cost a start a third of its time.
    ///
    /// - Returns: the process's exit status.
    func run() -> Int32 {
        ProcessSignal.catchAll()
        let broker = Broker(settings: configuration.settings, log: log, loops: loops)
        logStart(broker)
        if let fatal = configuration.fatal {
            log.fatal(fatal)
            return 1
        }
        if let file = configuration.settings.pidFile {
            do throws(TextFile.Failure) {
                try TextFile.write(file, String(getpid()), mode: 0o600)
            } catch {
                log.fatal("Could not write pidfile: \(error)")
                return 1
            }
        }
        do {
            try broker.start()
        } catch {
            log.fatal((error as? any StartFailure)?.message ?? "\(error)")
            return 1
        }
        if let reason = configuration.settings.adComplaint {
            let value = configuration.settings.clientAdvertise ?? ""
            log.fatal("Error setting server INFO with ClientAdvertise value of \(value), err=\(reason)")
            return 1
        }
        if let reason = configuration.settings.webSocketAdComplaint {
            log.fatal("Unable to get websocket connect URLs: \(reason)")
            return 1
        }
        broker.system.withLock { state in
            state.reload = { [weak self, weak broker] in
                guard let self, let broker else { return nil }
                return await self.reload(broker)
            }
        }
        if let folder = configuration.settings.portsFileDirectory { writePorts(folder, broker) }
        log.info("Server is ready")
        broker.tidying?.somethingChanged()
        serve(broker)
        return 0
    }

    private func logStart(_ broker: Broker) {
        let settings = configuration.settings
        log.info("Starting nats-server")
        log.info("  Version:  \(BrokerSettings.natsVersion)")
        log.info("  Launchpad: \(BrokerSettings.launchpadVersion)")
        log.info("  Name:     \(broker.serverName)")
        log.info("  ID:       \(broker.serverID)")
        if configuration.hasPlainPasswords { log.warning("Plaintext passwords detected, use nkeys or bcrypt") }
        if let file = settings.configFile {
            log.info("Using configuration file: \(file) \(configuration.digest.map { "(\($0))" } ?? "")")
        }
        if settings.hasSystemAccount, !settings.accounts.contains(settings.systemAccount) {
            log.debug("Created system account: \(GoText.quoted(settings.systemAccount))")
        }
        if settings.maxPayload > 8 << 20 {
            log.warning("Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance")
        }
    }

    private func serve(_ broker: Broker) {
        var isLameDuck = false
        signals: while let signal = ProcessSignal.next() {
            log.info("Trapped \(GoText.quoted(signal.name)) signal")
            switch signal {
            case .interrupt: break signals
            case .terminate:
                // A lame duck takes its time; only an interrupt cuts that short.
                if !isLameDuck { break signals }
            case .hangUp:
                waitFor {
                    if let failure = await self.reload(broker) {
                        self.log.error("Failed to reload server configuration: \(failure)")
                    }
                }
            case .user1: log.reopen()
            case .user2:
                guard !isLameDuck else { continue }
                isLameDuck = true
                Task {
                    await broker.retire()
                    ProcessSignal.stopWaiting()
                }
            }
        }
        log.info("Initiating Shutdown...")
        waitFor { await broker.stop() }
        if let portsFile = state.withLock({ $0.portsFile }) { removePorts(portsFile) }
        log.info("Server Exiting..")
    }

    /// Keeps the calling thread until `work` is done.
    private func waitFor(_ work: @escaping @Sendable () async -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task {
            await work()
            done.signal()
        }
        done.wait()
    }

    /// Reads the configuration again and takes over what can change at run time.
    ///
    /// - Returns: why not, in nats-server's words.
    private func reload(_ broker: Broker) async -> String? {
        guard configuration.settings.configFile != nil else {
            return "can only reload config when a file is provided using -c or --config"
        }
        do {
            let fresh = try Configuration(flags)
            if let fatal = fresh.fatal { return fatal }
            if let reason = fresh.settings.adComplaint {
                return "invalid ClientAdvertise value of \(fresh.options.clientAdvertise), err=\(reason)"
            }
            let old = state.withLock { $0.options }
            let hasNewFiles = fresh.settings.tls?.fingerprint != broker.settings.tls?.fingerprint
            let plan = try ReloadPlan(from: old, to: fresh.options, hasNewCertificates: hasNewFiles)
            state.withLock { $0.options = fresh.options }
            for line in plan.lines {
                if line == plan.limitLine { await broker.limitConnections(to: fresh.settings.maxConnections) }
                log.info(line)
            }
            await apply(fresh, old, broker)
            let digest = fresh.digest.map { "(\($0))" } ?? ""
            log.info("Reloaded server configuration \(digest)")
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func apply(_ fresh: Configuration, _ old: ServerOptions, _ broker: Broker) async {
        let (options, settings) = (fresh.options, fresh.settings)
        if options.pidFile != old.pidFile, let file = settings.pidFile { writePID(file) }
        if options.portsFileDirectory != old.portsFileDirectory {
            if let file = state.withLock({ $0.portsFile }) { removePorts(file) }
            state.withLock { $0.portsFile = nil }
            if let folder = settings.portsFileDirectory { writePorts(folder, broker) }
        }
        log.configure(settings.log)
        await broker.reload(settings)
    }

    private func writePID(_ file: String) {
        do throws(TextFile.Failure) {
            try TextFile.write(file, String(getpid()), mode: 0o600)
        } catch {
            log.error("Failed to write pidfile: \(error)")
        }
    }

    private func removePorts(_ path: String) {
        do throws(TextFile.Failure) {
            try TextFile.remove(path)
        } catch {
            log.error("Error cleaning up ports file \(path): \(error)")
        }
    }

    /// Tells other processes which ports were chosen: `nats-server_<pid>.ports`.
    private func writePorts(_ directory: String, _ broker: Broker) {
        let path = directory + "/nats-server_\(getpid()).ports"
        state.withLock { $0.portsFile = path }
        do throws(TextFile.Failure) {
            try TextFile.write(path, broker.portsDocument)
        } catch {
            log.error("Error writing ports file (\(path)): \(error)")
        }
    }
}
