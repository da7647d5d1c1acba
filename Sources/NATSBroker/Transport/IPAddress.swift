import NIOCore

/// Internet addresses as text.
enum IPAddress {
    /// Whether `text` is an address of either family, in figures.
    static func isValid(_ text: String) -> Bool {
        (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }
}
