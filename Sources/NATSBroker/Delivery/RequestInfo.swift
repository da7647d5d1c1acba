import NATSWire

/// Who asks, as services of other accounts are told in a header.
///
/// Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/accounts#share.
struct RequestInfo: Sendable {
    static let header = "Nats-Request-Info"

    /// What only those learn whom the importing account lets know.
    struct Detail: Sendable {
        var start: WallClock
        var host: String
        var id: UInt64
        var user: String
        var name: String
        var language: String
        var version: String
        var clientType: String
    }

    var account: String
    /// The account whose import passed the request on, where it came through several.
    var service: String?
    /// Nanoseconds.
    var roundTrip: Int64?
    /// The server's name.
    var server: String?
    var detail: Detail?

    /// In nats-server's order, with nothing that is empty.
    var document: JSONValue {
        var members: [JSONValue.Member] = []
        let add = { (name: String, value: String?) in
            if let value, !value.isEmpty { members.append(.init(name, .string(value))) }
        }
        if let detail {
            members.append(.init("start", .string(detail.start.rfc3339)))
            add("host", detail.host)
            members.append(.init("id", .int(Int64(detail.id))))
        }
        add("acc", account)
        add("svc", service)
        add("user", detail?.user)
        add("name", detail?.name)
        add("lang", detail?.language)
        add("ver", detail?.version)
        if let roundTrip, roundTrip != 0 { members.append(.init("rtt", .int(roundTrip))) }
        add("server", server)
        if let detail {
            members.append(.init("kind", "Client"))
            add("client_type", detail.clientType)
        }
        return .object(members)
    }
}
