import GoFormats
import NATSClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `nats rtt`: how long a ping to each server takes.
enum RoundTripCommand {
    static let iterations = Argument.integer("iterations", "How many round trips to average", default: 5)
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")

    static let spec = CommandSpec(
        name: "rtt",
        help: "Measure the round-trip time to servers",
        arguments: [iterations.spec],
        flags: [json.spec],
        run: run
    )

    private struct Result {
        var time: LocalTime
        var address: ServerAddress
        var roundTrip: Duration?
    }

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let settings = try invocation.settings()
        var targets: [(server: ServerAddress, results: [Result])] = []
        for server in try ServerAddress.list(parsing: settings.url) {
            var results: [Result] = []
            for host in addresses(of: server.host) {
                var address = server
                address.host = host
                let start = LocalTime.now()
                results.append(
                    Result(time: start, address: address, roundTrip: await measure(address, settings, invocation))
                )
            }
            targets.append((server, results))
        }
        if invocation[json] {
            invocation.console.print(document(targets))
        } else {
            show(targets, invocation.console)
        }
    }

    /// The average time of several pings, `nil` if the server can't be reached, which is reported.
    private static func measure(
        _ address: ServerAddress,
        _ settings: ContextSettings,
        _ invocation: Invocation
    ) async -> Duration? {
        do {
            var options = try invocation.connectionOptions(settings, servers: address.description)
            options.servers = [address]
            let connection = try await NATSConnection.connect(options)
            defer { connection.close() }
            var total = Duration.zero
            let count = max(1, invocation[iterations])
            for number in 1...count {
                let time = try await connection.roundTripTime(timeout: invocation[GlobalFlags.timeout])
                total += time
                if invocation[GlobalFlags.trace] {
                    invocation.console.print("#\(number):\trtt=\(CommandDuration.humanized(time))")
                }
            }
            return total / count
        } catch {
            invocation.console.log("Failed to compute rtt for \(address): \(error)")
            return nil
        }
    }

    private static func show(_ targets: [(server: ServerAddress, results: [Result])], _ console: Console) {
        let width = (targets.flatMap(\.results).map(\.address.description.count).max() ?? 0) + 3
        for (server, results) in targets {
            console.print("\(server):\n")
            for result in results {
                let address = result.address.description
                let padding = String(repeating: " ", count: width - address.count)
                console.print("\(padding)\(address): \(result.roundTrip.map(CommandDuration.humanized) ?? "failed")")
            }
            console.print()
        }
    }

    private static func document(_ targets: [(server: ServerAddress, results: [Result])]) -> String {
        let documents = targets.map { server, results in
            let measurements = results.map { result in
                """
                      {
                        "time": \(JSONText.quoted(result.time.rfc3339)),
                        "address": \(JSONText.quoted(result.address.description)),
                        "rtt": \(GoDuration.nanoseconds(of: result.roundTrip ?? .zero)),
                        "url": \(JSONText.quoted(result.roundTrip == nil ? "" : result.address.description))
                      }
                """
            }
            return """
                  {
                    "url": \(JSONText.quoted(server.description)),
                    "results": [
                \(measurements.joined(separator: ",\n"))
                    ]
                  }
                """
        }
        return "[\n" + documents.joined(separator: ",\n") + "\n]"
    }

    /// The IP addresses of a host, or the name itself if it has none.
    private static func addresses(of host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [host] }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let current = entry?.pointee {
            var text = [CChar](repeating: 0, count: 256)
            if getnameinfo(
                current.ai_addr, current.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if !addresses.contains(address) {
                    addresses.append(address)
                }
            }
            entry = current.ai_next
        }
        return addresses.isEmpty ? [host] : addresses
    }
}
