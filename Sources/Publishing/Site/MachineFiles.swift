import Guides
import Proving

/// What search engines, crawlers, language models, readers of proofs and web servers ask for.
struct MachineFiles {
    let source: SiteSource
    let pages: [RenderedGuide]
    let template: PageTemplate
    let resolver: LinkResolver

    func files() -> [SiteFile] {
        var files = [notFound(), llms()]
        let paths = Set(pages.map(\.outline.path))
        if !source.ledgerDocument.isEmpty {
            files.append(SiteFile(path: "proofs.json", contents: source.ledgerDocument))
            files.append(SiteFile(path: "proofs.schema.json", contents: PackageResources.ledger_schema_json))
        }
        if !paths.contains("index.html"), let first = template.navigation.sequence.first {
            files.append(redirect("index.html", to: RelativePath.encoded(first.path), title: first.title))
        }
        for pair in source.configuration.redirects {
            guard let path = Self.place(of: pair.key), !paths.contains(path), let target = target(of: pair) else {
                continue
            }
            files.append(redirect(path, to: target, title: source.configuration.title))
        }
        if let base = source.configuration.baseURL {
            files.append(sitemap(base))
            files.append(
                SiteFile(
                    path: "robots.txt",
                    contents: Array(
                        "User-agent: *\nSitemap: \(PageTemplate.absolute("sitemap.xml", base: base))\n".utf8)))
            if !source.ledgerDocument.isEmpty {
                let feed = ProofFeed.atom(source.history, configuration: source.configuration, base: base)
                files.append(SiteFile(path: "proofs.xml", contents: feed))
            }
        }
        return files
    }

    private func sitemap(_ base: String) -> SiteFile {
        var writer = HTMLWriter()
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        writer.raw("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
        let entries = pages.map { ($0.outline.path, source.updated[$0.guide.path]) }
        for (path, date) in entries + [("proof.html", source.ledger?.startedAt)] {
            writer.raw("<url><loc>")
            writer.text(PageTemplate.absolute(path, base: base))
            writer.raw("</loc>")
            if let date {
                writer.raw("<lastmod>")
                writer.text(date)
                writer.raw("</lastmod>")
            }
            writer.raw("</url>\n")
        }
        writer.raw("</urlset>\n")
        return SiteFile(path: "sitemap.xml", contents: writer.bytes)
    }

    /// The page for addresses that don't exist. It is shown under any address, so its links start at the site's root.
    private func notFound() -> SiteFile {
        let page = PageContent(
            path: "404.html",
            title: "Page not found",
            heading: "Page not found",
            content: Array("<p>There is no page here. Use the menu, or search with <kbd>/</kbd>.</p>\n".utf8)
        )
        return template.render(page, root: Self.rootPath(source.configuration.baseURL))
    }

    /// The path of an address, with a slash at both ends: `/launchpad/` for `https://example.com/launchpad`.
    static func rootPath(_ baseURL: String?) -> String {
        guard let baseURL, let scheme = baseURL.firstRange(of: "://") else { return "/" }
        guard let slash = baseURL[scheme.upperBound...].firstIndex(of: "/") else { return "/" }
        let path = baseURL[slash...]
        return path.hasSuffix("/") ? String(path) : path + "/"
    }

    /// A map of the site for language models, as llmstxt.org describes it, in the order in which people read it.
    private func llms() -> SiteFile {
        let base = source.configuration.baseURL.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        var text = "# \(source.configuration.title)\n\n"
        if let description = source.configuration.description {
            text += "> \(description)\n\n"
        }
        text += "## Guides\n\n"
        let byPath = Dictionary(pages.map { ($0.outline.path, $0) }, uniquingKeysWith: { first, _ in first })
        for page in template.navigation.sequence.compactMap({ byPath[$0.path] }) {
            let description = page.outline.description.map { ": \($0)" } ?? ""
            text += "- [\(page.outline.title)](\(base)\(RelativePath.encoded(page.guide.name)).md)\(description)\n"
        }
        return SiteFile(path: "llms.txt", contents: Array(text.utf8))
    }

    // MARK: Redirects

    /// Everything that is wrong with the redirects.
    func diagnostics() -> [Diagnostic] {
        let paths = Set(pages.map(\.outline.path))
        return source.configuration.redirects.compactMap { pair in
            func problem(_ message: String, _ help: String) -> Diagnostic {
                Diagnostic(code: "bad-redirect", message, file: "launchpad.yml", range: pair.range, help: help)
            }
            guard let path = Self.place(of: pair.key) else {
                return problem("\"\(pair.key)\" is no address in the site", "write it as old/page.html")
            }
            if paths.contains(path) {
                return problem("there is a guide at \"\(pair.key)\"", "a page cannot be a redirect too")
            }
            guard target(of: pair) != nil else {
                let near = LinkResolver.nearest(pair.value, in: pages.map(\.guide.path)).map {
                    "did you mean \"\($0)\"? "
                }
                return problem(
                    "\"\(pair.value)\" is no guide, no anchor of it, and no address",
                    (near ?? "") + "write a guide's path, such as \(pages.first?.guide.path ?? "docs/index.md")")
            }
            return nil
        }
    }

    /// The file of the site for an address: `old/page.html` for that, `old/page.html` or `old/page`, `old/index.html` for
    /// `old/`.
    private static func place(of address: String) -> String? {
        let trimmed = address.hasPrefix("/") ? String(address.dropFirst()) : address
        guard !trimmed.isEmpty, RelativePath.resolve(trimmed, in: "") == trimmed.trimmingSlash else { return nil }
        if trimmed.hasSuffix("/") { return trimmed + "index.html" }
        return trimmed.hasSuffix(".html") ? trimmed : trimmed + ".html"
    }

    /// Where a redirect leads, from its own page.
    private func target(of pair: ProjectConfiguration.Pair) -> String? {
        if SafeURL.scheme(of: pair.value) != nil { return SafeURL.checked(pair.value) }
        let parts = pair.value.split(separator: "#", maxSplits: 1).map(String.init)
        guard let guide = parts.first, let page = resolver.pages[guide], let place = Self.place(of: pair.key) else {
            return nil
        }
        let anchor = parts.count > 1 ? parts[1] : nil
        if let anchor, !page.anchors.contains(anchor) { return nil }
        return PageOutline.root(of: place) + RelativePath.encoded(page.path)
            + (anchor.map { "#" + RelativePath.encoded($0) } ?? "")
    }

    /// A page that leads on, also where no server could.
    private func redirect(_ path: String, to target: String, title: String) -> SiteFile {
        var writer = HTMLWriter()
        writer.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
        writer.text(title)
        writer.raw("</title>\n<meta name=\"robots\" content=\"noindex\">\n<link rel=\"canonical\"")
        writer.attribute("href", target)
        // Without one, browsers ask the root of the server for theirs.
        writer.raw(">\n<link rel=\"icon\" type=\"image/svg+xml\"")
        writer.attribute("href", PageOutline.root(of: path) + template.theme.asset("icon.svg"))
        writer.raw(">\n<meta http-equiv=\"refresh\"")
        writer.attribute("content", "0; url=\(target)")
        writer.raw(">\n</head>\n<body><p>This page is now <a")
        writer.attribute("href", target)
        writer.raw(">here</a>.</p></body>\n</html>\n")
        return SiteFile(path: path, contents: writer.bytes)
    }
}

extension String {
    fileprivate var trimmingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
