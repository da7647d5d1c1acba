#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `nats-server` command: what this binary is when it is started under that name.
package enum NATSServerMain {
    /// Runs the broker until it is told to stop.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the process's exit status.
    package static func run(arguments: [String]) async -> Int32 {
        var settings = BrokerSettings()
        var index = 0
        while index + 1 < arguments.count {
            switch arguments[index] {
            case "-p": settings.port = Int(arguments[index + 1]) ?? 4222
            case "-a": settings.host = arguments[index + 1]
            case "--threads": settings.threads = Int(arguments[index + 1])
            default: break
            }
            index += 2
        }
        guard let log = try? ServerLog(.init()) else { return 1 }
        let broker = Broker(settings: settings, log: log)
        do {
            try await broker.start()
        } catch {
            log.fatal("\(error)")
            return 1
        }
        log.info("Server is ready")
        while true { try? await Task.sleep(for: .seconds(3600)) }
    }
}
