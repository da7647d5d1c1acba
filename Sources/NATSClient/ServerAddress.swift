/// Where a server listens, and the credentials that its URL carries.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host's name or IP address; IPv6 without brackets.
    public var host: String

    /// The port. Unless the URL names another, 4222; with WebSocket 80, or 443 where TLS is used too.
    public var port: Int

    /// Whether the URL asks for TLS (`tls://`, `wss://`).
    public var usesTLS: Bool

    /// Whether the URL asks for WebSocket (`ws://`, `wss://`).
    public var usesWebSocket = false

    /// The credentials in the URL, which go before those in the options.
    public var credentials: Credentials?

    /// The port that NATS servers listen on by default.
    public static let defaultPort = 4222

    /// A server without credentials of its own.
    public init(host: String, port: Int = ServerAddress.defaultPort) {
        self.host = host
        self.port = port
        usesTLS = false
    }

    /// Reads one address: `nats://user:password@host:port`, `nats://token@host`, `host:port`, `host`.
    ///
    /// - Throws: ``NATSError/Code/badServerURL`` with the reason.
    public init(parsing text: String) throws(NATSError) {
        var rest = text[...]
        usesTLS = false
        if let separator = rest.firstRange(of: "://") {
            switch rest[..<separator.lowerBound].lowercased() {
            case "nats": break
            case "tls": usesTLS = true
            case "ws": usesWebSocket = true
            case "wss":
                usesTLS = true
                usesWebSocket = true
            case let scheme:
                throw Self.bad(text, "scheme \(scheme):// is not supported; use nats://, tls://, ws:// or wss://")
            }
            rest = rest[separator.upperBound...]
        }
        if let at = rest.lastIndex(of: "@") {
            credentials = try Self.credentials(in: rest[..<at], of: text)
            rest = rest[rest.index(after: at)...]
        }
        if let slash = rest.firstIndex(of: "/") {
            rest = rest[..<slash]
        }
        var portText: Substring?
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { throw Self.bad(text, "missing ']' in host") }
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            let tail = rest[rest.index(after: close)...]
            guard tail.isEmpty || tail.first == ":" else { throw Self.bad(text, "unexpected \(tail) after ']'") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = rest.lastIndex(of: ":") {
            host = String(rest[..<colon])
            portText = rest[rest.index(after: colon)...]
        } else {
            host = String(rest)
        }
        guard !host.isEmpty else { throw Self.bad(text, "no host") }
        port = usesWebSocket ? (usesTLS ? 443 : 80) : Self.defaultPort
        if let portText, !portText.isEmpty {
            guard let number = UInt16(portText), number > 0 else {
                throw Self.bad(text, "port \(portText) is not a number from 1 to 65535")
            }
            port = Int(number)
        }
    }

    /// Reads a list of addresses with commas between them.
    public static func list(parsing text: String) throws(NATSError) -> [ServerAddress] {
        var addresses: [ServerAddress] = []
        for part in text.split(separator: ",") {
            let trimmed = part.drop(while: \.isWhitespace)
            addresses.append(try ServerAddress(parsing: String(trimmed.prefix { !$0.isWhitespace })))
        }
        guard !addresses.isEmpty else { throw bad(text, "no server address") }
        return addresses
    }

    /// The URL without credentials.
    public var description: String {
        let scheme = usesWebSocket ? (usesTLS ? "wss" : "ws") : usesTLS ? "tls" : "nats"
        return "\(scheme)://\(hostAndPort)"
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var hostAndPort: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func bad(_ text: String, _ reason: String) -> NATSError {
        NATSError(.badServerURL, "nats: invalid server address \"\(redacted(text))\": \(reason)")
    }

    private static func redacted(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        return start <= at ? text[..<start] + "xxxxx" + text[at...] : text
    }

    private static func credentials(in part: Substring, of text: String) throws(NATSError) -> Credentials {
        guard let colon = part.firstIndex(of: ":") else {
            return .token(try unescaped(part, of: text))
        }
        return .user(
            try unescaped(part[..<colon], of: text),
            password: try unescaped(part[part.index(after: colon)...], of: text)
        )
    }

    private static func unescaped(_ part: Substring, of text: String) throws(NATSError) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(part).utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw bad(text, "invalid % escape in the credentials")
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a client proves its identity with.
public enum Credentials: Sendable, Hashable {
    /// A user's name and password.
    case user(String, password: String)
    /// A token.
    case token(String)
    /// A key, by which the client signs what the server sends for that.
    case key(NKeySeed)
    /// A JSON Web Token about the user, and the user's key.
    case jwt(String, NKeySeed)
}
