/// A built site in memory, as a web server sees it. Addresses are looked up among the site's files, never on the disk,
/// so there is nothing that a path could lead out of.
struct SiteStore: Sendable {
    /// What to answer to a request.
    struct Answer: Sendable, Hashable {
        var status: Int
        var contentType: String
        var body: [UInt8]
        var etag: String?
        /// Where a redirect leads.
        var location: String?
    }

    private struct Entry: Sendable {
        var contents: [UInt8]
        var etag: String
    }

    private var entries: [String: Entry] = [:]
    /// Counts builds; pages know which one they are from.
    private(set) var generation = 0

    /// Takes over a new build.
    ///
    /// - Parameter keeps: whether the file at a path stays although it is not in the build.
    /// - Returns: the paths that are new, changed or gone.
    mutating func replace(with files: [SiteFile], keeping keeps: (String) -> Bool = { _ in false }) -> Set<String> {
        var next = entries.filter { keeps($0.key) }
        var changed: Set<String> = []
        for file in files {
            let (entry, isNew) = entry(for: file)
            if isNew { changed.insert(file.path) }
            next[file.path] = entry
        }
        changed.formUnion(Set(entries.keys).subtracting(next.keys))
        entries = next
        generation += 1
        return changed
    }

    /// Takes over a few files; the others stay.
    ///
    /// - Returns: the paths that are new or changed.
    mutating func update(_ files: [SiteFile]) -> Set<String> {
        var changed: Set<String> = []
        for file in files {
            let (entry, isNew) = entry(for: file)
            if isNew { changed.insert(file.path) }
            entries[file.path] = entry
        }
        return changed
    }

    private func entry(for file: SiteFile) -> (entry: Entry, isNew: Bool) {
        if let known = entries[file.path], known.contents == file.contents { return (known, false) }
        return (Entry(contents: file.contents, etag: Self.etag(file.contents)), true)
    }

    /// The answer to `GET target`, where `target` is a request's path with its query.
    ///
    /// - Parameter knownTag: the request's `If-None-Match`.
    func answer(_ target: String, knownTag: String? = nil) -> Answer {
        let address = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        guard address.hasPrefix("/"), let decoded = RelativePath.decoded(address.dropFirst()),
            !decoded.utf8.contains(0)
        else { return notFound() }
        let isFolder = decoded.isEmpty || decoded.hasSuffix("/")
        let path = isFolder ? decoded + "index.html" : decoded
        if let entry = entries[path] {
            return found(path, entry, knownTag)
        }
        if !isFolder, entries[path + "/index.html"] != nil {
            let location = "/" + RelativePath.encoded(path) + "/"
            return Answer(status: 301, contentType: "text/plain; charset=utf-8", body: [], location: location)
        }
        if !isFolder, let entry = entries[path + ".html"] {
            return found(path + ".html", entry, knownTag)
        }
        return notFound()
    }

    private func found(_ path: String, _ entry: Entry, _ knownTag: String?) -> Answer {
        let type = Self.contentType(of: path)
        if type.hasPrefix("text/html") {
            let tag = String(entry.etag.dropLast()) + "-live\""
            return knownTag == tag
                ? Answer(status: 304, contentType: type, body: [], etag: tag)
                : Answer(status: 200, contentType: type, body: live(entry.contents, path), etag: tag)
        }
        return knownTag == entry.etag
            ? Answer(status: 304, contentType: type, body: [], etag: entry.etag)
            : Answer(status: 200, contentType: type, body: entry.contents, etag: entry.etag)
    }

    private func notFound() -> Answer {
        let page = entries["404.html"]?.contents ?? Array("<!doctype html><title>Not found</title>".utf8)
        return Answer(status: 404, contentType: "text/html; charset=utf-8", body: live(page, "404.html"))
    }

    /// The page with the script that reloads it. Put in while serving, so that what is published has none of it.
    private func live(_ page: [UInt8], _ path: String) -> [UInt8] {
        var writer = HTMLWriter(capacity: 256)
        writer.raw("<link rel=\"stylesheet\" href=\"/_launchpad/live.css\"><script src=\"/_launchpad/live.js\"")
        writer.attribute("data-path", path)
        writer.raw(" defer></script>\n")
        let marker = Array("</head>".utf8)
        guard let place = page.firstRange(of: marker)?.lowerBound else { return page + writer.bytes }
        return page[..<place] + writer.bytes + page[place...]
    }

    /// A strong tag.
    private static func etag(_ contents: [UInt8]) -> String {
        "\"\(String(FastHash.of(contents), radix: 36))-\(contents.count)\""
    }

    static func contentType(of path: String) -> String {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return types[ending] ?? "application/octet-stream"
    }

    private static let types: [String: String] = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "xml": "application/xml", "txt": "text/plain; charset=utf-8",
        "md": "text/markdown; charset=utf-8", "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg",
        "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon",
        "woff2": "font/woff2", "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
        "tgz": "application/gzip", "mp4": "video/mp4", "webm": "video/webm",
    ]
}
