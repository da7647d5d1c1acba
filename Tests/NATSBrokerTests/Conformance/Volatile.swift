import Foundation

/// What differs from run to run in messages that a server made or changed itself.
enum Volatile {
    /// Hides reply subjects of services, and in whatever describes a client or a measurement times, numbers and names, along with
    /// the sizes of such a message.
    static func masked(_ lines: [String]) -> [String] {
        var lines = lines.map { line in
            line.replacing(/_R_\.\w{6}\.\w{6}\.\w+\.T/, with: "_R_.….T").replacing(/_R_\.\w{6}\.\w{6}/, with: "_R_.…")
        }
        for index in lines.indices where isDescription(lines[index]) {
            lines[index] = lines[index].replacing(
                /"(rtt|start|id|service|system|total|timestamp|server|host)":("[^"]*"|\d+)/,
                with: { "\"\($0.output.1)\":…" })
            let header = lines[..<index].lastIndex { $0.hasPrefix("MSG ") || $0.hasPrefix("HMSG ") }
            if let header { lines[header] = withoutSizes(lines[header]) }
        }
        return lines
    }

    /// `HMSG subject sid reply … …`. In a message of its own without a reply nats-server leaves two blanks, which mean as much as one.
    private static func withoutSizes(_ line: String) -> String {
        let fields = line.split(separator: " ")
        let sizes = line.hasPrefix("H") ? 2 : 1
        return (fields.dropLast(sizes).map(String.init) + Array(repeating: "…", count: sizes)).joined(separator: " ")
            + "␍"
    }

    private static func isDescription(_ line: String) -> Bool {
        line.contains("Nats-Request-Info: ") || line.contains("service_latency")
    }
}
