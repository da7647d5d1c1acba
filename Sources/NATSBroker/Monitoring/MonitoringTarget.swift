/// What a request for a monitoring document is about: the target of its first line, taken apart.
struct MonitoringTarget {
    /// The document's path as the server knows it, below its base path.
    let path: String
    let query: MonitoringQuery
    /// Where to ask instead; nil for a target that says its path in the shortest way.
    let redirection: String?

    /// - Parameters:
    ///   - uri: a path with options, or the same behind a scheme and a host, as proxies are asked.
    ///   - basePath: the path below which all documents are; empty or `/` for none.
    /// - Returns: nil for what is no target. Source: RFC 9112, 3.2.
    init?(_ uri: String, basePath: String) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let own = Self.withoutHost(parts[0]), let path = Self.decoded(own) else { return nil }
        query = MonitoringQuery(parts.count > 1 ? parts[1] : "")
        redirection = Self.cleaned(own).map { ([$0] + parts.dropFirst().map(String.init)).joined(separator: "?") }
        guard !basePath.isEmpty, basePath != "/" else {
            self.path = path
            return
        }
        // Monitoring is nowhere else then, and its page stands at the very path.
        let isBelow = path == basePath || (path.hasPrefix(basePath + "/") && path.count > basePath.count + 1)
        let rest = isBelow ? String(path.dropFirst(basePath.count)) : "?"
        self.path = rest.isEmpty ? "/" : rest
    }

    private static func withoutHost(_ target: Substring) -> Substring? {
        if target.hasPrefix("/") { return target }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let address = target.dropFirst(scheme.count)
            return address.firstIndex(of: "/").map { address[$0...] } ?? ""
        }
        return nil
    }

    /// A path with its `%xx` resolved; nil where one of them is none.
    private static func decoded(_ path: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A path without empty parts, `.` and `..`; nil where it has none of them.
    private static func cleaned(_ path: Substring) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) where !part.isEmpty && part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let isFolder = path.hasSuffix("/") && !parts.isEmpty
        let clean = "/" + parts.joined(separator: "/") + (isFolder ? "/" : "")
        return clean == path ? nil : clean
    }
}
