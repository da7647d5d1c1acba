/// The name of an image: `postgres:16-alpine`, `docker.io/library/nats`, `natsio/nats-box@sha256:…`.
package struct ImageReference: Sendable, Hashable {
    /// Without registry, where that is Docker's own, and without tag.
    package var name: String
    package var tag: String

    package init(_ text: String) {
        var rest = text
        for prefix in ["docker.io/", "index.docker.io/"] where rest.hasPrefix(prefix) {
            rest = String(rest.dropFirst(prefix.count))
        }
        if rest.hasPrefix("library/") { rest = String(rest.dropFirst(8)) }
        tag = "latest"
        if let at = rest.firstIndex(of: "@") {
            tag = String(rest[rest.index(after: at)...])
            rest = String(rest[..<at])
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            if !text.contains("@") { tag = String(rest[rest.index(after: colon)...]) }
            rest = String(rest[..<colon])
        }
        name = rest
    }

    /// The version at the front of the tag: `16-alpine` is 16, `latest` is none.
    var version: [Int] {
        tag.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    }

    /// Whether software of `version` is what the tag asks for: `16` is 16.1, and `latest` could be anything.
    func matches(version text: String) -> Bool {
        let own = text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? -1 }
        return !version.isEmpty && own.starts(with: version)
    }
}
