#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds out from `/proc` who listens on a TCP port. Without a `/proc` nobody does.
enum PortOwner {
    struct Stranger: Codable, Sendable, Hashable {
        var port: Int
        /// Name and process id, such as `nats-server (4711)`, where they can be seen.
        var program: String?
    }

    /// Whoever listens on `port` and does not descend from `root`; nil where nobody does, or one of the family.
    static func stranger(on port: Int, outside root: pid_t) -> Stranger? {
        let sockets = listeners(on: port)
        guard !sockets.isEmpty else { return nil }
        let family = ProcessTree.descendants(of: root)
        if family.contains(where: { holds(sockets, $0) }) { return nil }
        let owner = ProcessTree.parents().keys.first { !family.contains($0) && holds(sockets, $0) }
        return Stranger(port: port, program: owner.map { "\(name(of: $0)) (\($0))" })
    }

    /// The inodes of the listening sockets on `port`, as links in `/proc/N/fd` show them.
    private static func listeners(on port: Int) -> Set<String> {
        let listening = "0A"
        var found: Set<String> = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in ((try? TextFile.read(table)) ?? "").split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == listening, let colon = fields[1].lastIndex(of: ":"),
                    Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
                else { continue }
                found.insert("socket:[\(fields[9])]")
            }
        }
        return found
    }

    private static func holds(_ sockets: Set<String>, _ process: pid_t) -> Bool {
        var buffer = [CChar](repeating: 0, count: 64)
        for name in DirectoryListing.names(in: "/proc/\(process)/fd") {
            let length = readlink("/proc/\(process)/fd/\(name)", &buffer, buffer.count)
            guard length > 0 else { continue }
            let target = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if sockets.contains(target) { return true }
        }
        return false
    }

    private static func name(of process: pid_t) -> String {
        String(((try? TextFile.read("/proc/\(process)/comm")) ?? "").prefix { $0 != "\n" })
    }
}
