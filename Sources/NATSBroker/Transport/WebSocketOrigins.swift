import GoFormats

/// From where a browser's page may open a WebSocket: `same_origin` and `allowed_origins`.
struct WebSocketOrigins: Sendable {
    /// A page's origin: `https://example.com:8443`.
    struct Origin: Sendable, Hashable {
        var scheme: String
        var host: String
        var port: String
    }

    /// Why an origin is refused, or an allowed one cannot be used, in nats-server's words.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    private let sameOrigin: Bool
    private let allowed: [Origin]

    init(sameOrigin: Bool, allowed: [String]) {
        self.sameOrigin = sameOrigin
        self.allowed = allowed.compactMap { try? Self.parse($0) }
    }

    /// Decides about a request's `Origin`; a client that names none is no browser, and is let in.
    func check(_ origin: String, host: String, isSecure: Bool) throws(Refusal) {
        guard sameOrigin || !allowed.isEmpty, !origin.isEmpty else { return }
        let given = try Self.parse(origin)
        if sameOrigin {
            let (name, port) = try Self.split(host, isSecure: isSecure)
            let scheme = isSecure ? "https" : "http"
            guard given == Origin(scheme: scheme, host: name, port: port) else {
                throw Refusal(description: "not same origin")
            }
        }
        guard allowed.isEmpty || allowed.contains(given) else {
            throw Refusal(description: "not in the allowed list")
        }
    }

    /// Reads an origin, filling in the port that its scheme stands for.
    static func parse(_ text: String) throws(Refusal) -> Origin {
        guard let colon = text.firstIndex(of: ":"), text[text.startIndex..<colon].allSatisfy(isSchemeCharacter) else {
            throw Refusal(description: "parse \(GoText.quoted(text)): invalid URI for request")
        }
        let scheme = text[..<colon].lowercased()
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { return Origin(scheme: scheme, host: "", port: "80") }
        let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let (name, port) = try split(host, isSecure: scheme == "https")
        return Origin(scheme: scheme, host: name, port: port)
    }

    private static func isSchemeCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+-.".contains(character))
    }

    /// Host in lower case and port.
    private static func split(_ text: String, isSecure: Bool) throws(Refusal) -> (host: String, port: String) {
        let standard = isSecure ? "443" : "80"
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let after = text[text.index(after: end)...]
            if after.isEmpty { return (text.lowercased(), standard) }
            guard after.hasPrefix(":") else {
                throw Refusal(description: "address \(text): unexpected ']' in address")
            }
            return (text[text.index(after: text.startIndex)..<end].lowercased(), String(after.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case ...1: return (text.lowercased(), standard)
        case 2: return (parts[0].lowercased(), String(parts[1]))
        default: throw Refusal(description: "address \(text): too many colons in address")
        }
    }
}
