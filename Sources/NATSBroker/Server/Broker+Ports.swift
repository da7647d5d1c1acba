import NATSWire
import NIOCore

/// Where the server can be reached, as the ports file tells other processes.
extension Broker {
    /// The document of the ports file: for each kind of listener the URLs that it can be reached under.
    ///
    /// As in nats-server, a listener on every address is reached under the address of each interface, in the order of the
    /// interfaces, also of those that are down.
    var portsDocument: String {
        let settings = settings
        let listeners = listeners
        let kinds: [(name: String, purpose: ListenError.Purpose, scheme: String)] = [
            ("nats", .clients, settings.tls == nil ? "nats" : "tls"),
            ("monitoring", .monitoring, settings.monitorsSecurely ? "https" : "http"),
            ("websocket", .webSockets, settings.webSocket?.tls == nil ? "ws" : "wss"),
        ]
        let members = kinds.compactMap { kind -> JSONValue.Member? in
            guard let listener = listeners.first(where: { $0.purpose == kind.purpose }) else { return nil }
            let urls = listener.hosts.map { JSONValue.string("\(kind.scheme)://" + Self.join($0, listener.port)) }
            return .init(kind.name, .array(urls))
        }
        return String(decoding: JSONValue.object(members).encoded(), as: UTF8.self)
    }
}

extension Listener {
    /// The addresses that clients find it at.
    fileprivate var hosts: [String] {
        let own = address.ipAddress ?? ""
        guard own == "0.0.0.0" || own == "::" else { return [own] }
        let devices = (try? System.enumerateDevices()) ?? []
        // The system lists all addresses of one family before those of the other.
        let ordered = devices.enumerated().sorted {
            ($0.element.interfaceIndex, $0.offset) < ($1.element.interfaceIndex, $1.offset)
        }
        let hosts = ordered.compactMap(\.element.address?.ipAddress)
        return hosts.isEmpty ? [own] : hosts
    }
}
