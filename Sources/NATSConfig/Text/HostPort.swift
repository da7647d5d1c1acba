/// Addresses such as `0.0.0.0:4222` and `[::1]:4222`.
package enum HostPort {
    /// The two halves of an address; nil where Go's `net.SplitHostPort` refuses it.
    package static func split(_ address: String) -> (host: String, port: String)? {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let port = String(address[address.index(after: colon)...])
        let before = address[..<colon]
        let host: Substring
        if address.hasPrefix("[") {
            guard let end = address.firstIndex(of: "]"), address.index(after: end) == colon else { return nil }
            host = address[address.index(after: address.startIndex)..<end]
            guard !host.contains("[") else { return nil }
        } else {
            host = before
            guard !host.contains(":"), !host.contains("["), !host.contains("]") else { return nil }
        }
        guard !port.contains("["), !port.contains("]") else { return nil }
        return (String(host), port)
    }
}
