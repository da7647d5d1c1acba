import Crypto
import NATSWire
import NIOHTTP1

/// A request to speak WebSocket that was granted: what it settles for the connection.
struct WebSocketUpgrade: Sendable {
    /// The listener's address, which INFO names.
    struct Listener: Sendable {
        var host: String
        var port: Int
    }

    /// A request that was not granted.
    struct Refusal: Error, Equatable {
        var status: HTTPResponseStatus
        /// For the log.
        var reason: String
    }

    var listener: Listener
    var isCompressed = false
    /// Whether the client's frames are masked, as the standard wants it.
    var isMasked = true
    /// Whether frames are kept small, as browsers like them.
    var limitsFrames = false
    /// Whether a compressed message may be cut into frames.
    var mayFragmentCompressed = true
    /// Whether the client is another server, which this one has no place for.
    var isLeafNode = false
    /// Whom a proxy names as the client.
    var forwardedFor: String?
    /// Credentials from cookies; empty where there are none.
    var user = ""
    var password = ""
    var token = ""
    /// The answer that grants the request.
    private(set) var response = ""

    /// Decides about a request, rule by rule in nats-server's order.
    ///
    /// Source: RFC 6455, 4.2.
    init(
        _ request: HTTPRequestHead,
        _ settings: WebSocketSettings,
        listener: Listener
    ) throws(Refusal) {
        self.listener = listener
        let headers = request.headers
        let path = request.uri.prefix { $0 != "?" }
        if path.hasSuffix("/mqtt") {
            throw Refusal(status: .notFound, reason: "mqtt websocket endpoint not enabled")
        }
        guard request.method == .GET else {
            throw Refusal(status: .methodNotAllowed, reason: "request method must be GET")
        }
        let host = headers["host"].first ?? ""
        guard !host.isEmpty else { throw Refusal(status: .badRequest, reason: "'Host' missing in request") }
        guard Self.contains("websocket", in: headers["upgrade"]) else {
            throw Refusal(status: .badRequest, reason: "invalid value for header 'Upgrade'")
        }
        guard Self.contains("upgrade", in: headers["connection"]) else {
            throw Refusal(status: .badRequest, reason: "invalid value for header 'Connection'")
        }
        let key = headers["sec-websocket-key"].first ?? ""
        guard !key.isEmpty else { throw Refusal(status: .badRequest, reason: "key missing") }
        guard Base64.decodedCount(key) == 16 else {
            throw Refusal(status: .badRequest, reason: "invalid websocket key")
        }
        guard Self.contains("13", in: headers["sec-websocket-version"]) else {
            throw Refusal(status: .badRequest, reason: "invalid version")
        }
        let origin = [headers["origin"].first, headers["sec-websocket-origin"].first]
        do throws(WebSocketOrigins.Refusal) {
            let text = origin.compactMap { $0 }.first { !$0.isEmpty } ?? ""
            try settings.origins.check(text, host: host, isSecure: settings.tls != nil)
        } catch {
            throw Refusal(status: .forbidden, reason: "origin not allowed: \(error)")
        }
        isLeafNode = path.hasSuffix("/leafnode")
        isCompressed = settings.compression && Self.asksForCompression(headers["sec-websocket-extensions"])
        isMasked = headers["nats-no-masking"].first != "true"
        readClient(headers, settings)
        response = answer(key, settings)
    }

    /// Notes what the request says of who sends it.
    private mutating func readClient(_ headers: HTTPHeaders, _ settings: WebSocketSettings) {
        if let address = headers["x-forwarded-for"].first, IPAddress.isValid(address) { forwardedFor = address }
        let agent = headers["user-agent"].first ?? ""
        limitsFrames = agent.hasPrefix("Mozilla/")
        // Safari, which others claim to be too, does not take compressed messages in pieces.
        mayFragmentCompressed = !(agent.contains("Version/") && agent.contains("Safari/"))
        for (name, value) in Self.cookies(headers["cookie"]) {
            switch name {
            case settings.userCookie: user = value
            case settings.passwordCookie: password = value
            case settings.tokenCookie: token = value
            default: break
            }
        }
    }

    private func answer(_ key: String, _ settings: WebSocketSettings) -> String {
        let sum = Insecure.SHA1.hash(data: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        var text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Accept: \(Base64.encoded(Array(sum)))\r\n"
        if isCompressed {
            text += "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
            text += "client_no_context_takeover\r\n"
        }
        if !isMasked { text += "Nats-No-Masking: true\r\n" }
        return text + settings.headers + "\r\n"
    }

    // MARK: Headers

    /// Whether one of the comma-separated values is `value`, whatever its case.
    private static func contains(_ value: String, in headers: [String]) -> Bool {
        headers.contains { list in
            list.split(separator: ",").contains { trimmed($0).lowercased() == value }
        }
    }

    private static func asksForCompression(_ headers: [String]) -> Bool {
        headers.contains { list in
            list.split(whereSeparator: { $0 == "," || $0 == ";" }).contains {
                trimmed($0).lowercased() == "permessage-deflate"
            }
        }
    }

    private static func cookies(_ headers: [String]) -> [(name: String, value: String)] {
        headers.flatMap { $0.split(separator: ";") }.compactMap { part in
            let pair = trimmed(part).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { return nil }
            var value = pair[1]
            if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
            return (String(pair[0]), String(value))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let front = text.drop { $0 == " " || $0 == "\t" }
        return front.prefix(front.count - front.reversed().prefix { $0 == " " || $0 == "\t" }.count)
    }
}
