import Guides

/// Turns the destinations that authors write into addresses in the site, and finds the ones that lead nowhere.
///
/// A guide links as GitHub follows it: to other Markdown files, to headings, to files and folders of the repository.
struct LinkResolver: Sendable {
    /// What became of a destination.
    enum Resolution {
        /// An address to write into the page, relative to the page.
        case address(String)
        /// The text stands without a link (a folder of the repository has no page).
        case plain
        case broken(Diagnostic)
    }

    private(set) var pages: [String: PageOutline]
    let directories: Set<String>
    /// Paths of files that the guides describe.
    let generated: Set<String>
    let files: any ProjectFiles

    init(outlines: [PageOutline], generated: Set<String>, files: any ProjectFiles) {
        pages = Dictionary(outlines.map { ($0.guidePath, $0) }, uniquingKeysWith: { first, _ in first })
        directories = Set(outlines.map { RelativePath.directory(of: $0.guidePath) })
        self.generated = generated
        self.files = files
    }

    /// The same with one page as it is now.
    func knowing(_ page: PageOutline) -> LinkResolver {
        var resolver = self
        resolver.pages[page.guidePath] = page
        return resolver
    }

    /// Resolves a link on `page`.
    ///
    /// - Parameters:
    ///   - publish: called with the path of a file that the page links to and that the site must therefore hold.
    ///   - follow: called with the path of the guide that the link leads to.
    func link(
        _ destination: String,
        on page: PageOutline,
        range: SourceRange,
        publish: (PublishedFile) -> Void,
        follow: (String) -> Void
    ) -> Resolution {
        if let scheme = SafeURL.scheme(of: destination) {
            guard SafeURL.checked(destination) != nil else {
                return broken(
                    "unsafe-link", "a link may not use \"\(scheme):\"", page, range, "link to https, mailto or a file")
            }
            return .address(destination)
        }
        if destination.hasPrefix("//") {
            return .address(destination)
        }
        let (path, fragment) = Self.split(destination)
        guard let decoded = RelativePath.decoded(path), let anchor = RelativePath.decoded(fragment) else {
            return broken("broken-link", "\"\(destination)\" is not a valid address", page, range, "write % as %25")
        }
        if decoded.isEmpty {
            return self.anchor(anchor, in: page, from: page, range, address: "")
        }
        guard let target = RelativePath.resolve(decoded, in: RelativePath.directory(of: page.guidePath)) else {
            return broken("broken-link", "\"\(destination)\" leads out of the project", page, range, nil)
        }
        let index = target.isEmpty ? "index.md" : target + "/index.md"
        if let linked = pages[target] ?? pages[index] {
            follow(linked.guidePath)
            return self.anchor(
                anchor, in: linked, from: page, range, address: page.root + RelativePath.encoded(linked.path))
        }
        if generated.contains(target) {
            publish(.view(target))
            return .address(page.root + RelativePath.encoded(PublishedFile.view(target).path) + Self.hash(anchor))
        }
        switch files.kind(of: target) {
        case .file:
            let file = PublishedFile(path: target)
            publish(file)
            return .address(page.root + RelativePath.encoded(file.path) + Self.hash(anchor))
        case .directory:
            return .plain
        case nil:
            let nearest = Self.nearest(target, in: Array(pages.keys) + generated)
            let help =
                nearest.map { "did you mean \"\($0)\"?" }
                ?? "no guide, generated file or file of the project is called that"
            return broken(
                "broken-link", "\"\(destination)\" leads to no file: \(target) does not exist", page, range, help)
        }
    }

    /// Resolves an image on `page`.
    func image(
        _ source: String,
        on page: PageOutline,
        range: SourceRange,
        publish: (PublishedFile) -> Void
    ) -> Resolution {
        if SafeURL.scheme(of: source) != nil {
            guard SafeURL.checked(source, image: true) != nil else {
                return broken(
                    "unsafe-link", "an image may not come from \"\(source)\"", page, range, "use a file or https")
            }
            return .address(source)
        }
        let path = Self.split(source).path
        guard let decoded = RelativePath.decoded(path),
            let target = RelativePath.resolve(decoded, in: RelativePath.directory(of: page.guidePath)),
            files.kind(of: target) == .file
        else {
            return broken(
                "broken-image", "image \"\(source)\" does not exist", page, range,
                "the path counts from the guide's folder")
        }
        let file = PublishedFile.copy(target)
        publish(file)
        return .address(page.root + RelativePath.encoded(file.path))
    }

    private func anchor(
        _ anchor: String,
        in target: PageOutline,
        from page: PageOutline,
        _ range: SourceRange,
        address: String
    ) -> Resolution {
        guard !anchor.isEmpty, anchor != "top", !target.anchors.contains(anchor) else {
            return .address(address + Self.hash(anchor))
        }
        let place = target.guidePath == page.guidePath ? "this guide" : target.guidePath
        let help =
            Self.nearest(anchor, in: Array(target.anchors)).map { "did you mean \"#\($0)\"?" }
            ?? "headings there: " + target.headings.prefix(5).map { "#" + $0.anchor }.joined(separator: ", ")
        return broken("broken-anchor", "\"#\(anchor)\" is not a heading or anchor of \(place)", page, range, help)
    }

    private func broken(
        _ code: String,
        _ message: String,
        _ page: PageOutline,
        _ range: SourceRange,
        _ help: String?
    ) -> Resolution {
        .broken(Diagnostic(code: code, message, file: page.guidePath, range: range, help: help))
    }

    private static func hash(_ anchor: String) -> String {
        anchor.isEmpty ? "" : "#" + RelativePath.encoded(anchor)
    }

    private static func split(_ destination: String) -> (path: Substring, fragment: Substring) {
        let parts = destination.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (path[0], parts.count > 1 ? parts[1] : "")
    }

    /// The candidate that is at most a third of its length away from `text`.
    static func nearest(_ text: String, in candidates: [String]) -> String? {
        let limit = max(1, text.count / 3)
        return
            candidates
            .map { (candidate: $0, distance: EditDistance.between(text, $0, limit: limit)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
            .candidate
    }
}

/// A file of the project that the site holds because a page links to it.
enum PublishedFile: Hashable, Sendable, Comparable {
    /// Shown as a page with line numbers.
    case view(String)
    /// Copied as it is.
    case copy(String)

    private static let copiedEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "pdf", "zip", "gz", "tgz", "woff2", "mp4", "webm",
    ]

    /// Text is shown, everything else is copied.
    init(path: String) {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        self = Self.copiedEndings.contains(ending) ? .copy(path) : .view(path)
    }

    /// The file's place in the project.
    var source: String {
        switch self {
        case .view(let path), .copy(let path): path
        }
    }

    /// The file's place in the site.
    var path: String {
        switch self {
        case .view(let path): "files/\(path).html"
        case .copy(let path): "files/\(path)"
        }
    }
}

/// The number of edits between two words, as long as it is small.
enum EditDistance {
    /// The Levenshtein distance, or `limit + 1` where it is larger than `limit`.
    static func between(_ left: String, _ right: String, limit: Int) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substitution = diagonal + (right[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
            }
        }
        return min(row[right.count], limit + 1)
    }
}
