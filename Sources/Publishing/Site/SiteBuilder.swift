package import Guides
import Proving
import Tangling

/// Makes a site out of guides and proofs. In order:
/// 1. read every guide's outline (title, headings, anchors), which links need;
/// 2. compute the state of each check and of each generated file;
/// 3. render the guides, in parallel, and collect what is wrong with them;
/// 4. add the pages of whole files, the proof page, the search index and what machines read.
///
/// Nothing here touches the disk; ``SiteWriter`` does that.
package struct SiteBuilder: Sendable {
    /// A finished site in memory.
    package struct Site: Sendable {
        /// Sorted by path.
        package var files: [SiteFile]
        /// Everything that is wrong, or worth saying, by file and place. A site with an error is not to be published.
        package var diagnostics: [Diagnostic]
        package var pages: Int
        /// `12 of 12 checks passed`.
        package var summary: String

        package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    let source: SiteSource
    let theme: Theme

    package init(_ source: SiteSource, theme: Theme) {
        self.source = source
        self.theme = theme
    }

    package func build() async -> Site {
        let configuration = source.configuration
        let entries =
            source.entries
            .filter { configuration.includesDrafts || !$0.guide.frontMatter.draft }
            .sorted { $0.guide.path < $1.guide.path }
        let outlines = entries.map { PageOutline($0, rawHTML: configuration.rawHTML) }
        let proofs = ProofIndex(ledger: source.ledger, currentTool: source.tool)
        let fileStatuses = Dictionary(
            source.plan.files.map { ($0.path, FileStatus($0, onDisk: source.files.contents(of: $0.path))) },
            uniquingKeysWith: { first, _ in first }
        )
        let navigation = Navigation(zip(outlines, entries).map { ($0, $1.guide.frontMatter.order) })
        let template = PageTemplate(
            theme: theme,
            navigation: navigation,
            configuration: configuration,
            hasProofs: !source.ledgerDocument.isEmpty
        )
        let resolver = LinkResolver(outlines: outlines, generated: Set(fileStatuses.keys), files: source.files)
        let renderer = GuideRenderer(
            template: template,
            resolver: resolver,
            proofs: proofs,
            fileStatuses: fileStatuses,
            isStrict: configuration.isStrict
        )
        let rendered = await renderer.renderAll(Array(zip(entries, outlines)))

        var files = theme.assets
        var diagnostics: [Diagnostic] = []
        var published: Set<PublishedFile> = Set(source.plan.files.map { .view($0.path) })
        for page in rendered {
            files.append(page.file)
            files.append(SiteFile(path: page.guide.name + ".md", contents: page.guide.source))
            diagnostics += page.diagnostics
            published.formUnion(page.published)
        }
        let filePages = FilePages(source: source, outlines: outlines, statuses: fileStatuses, template: template)
        files += filePages.render(published.sorted())
        let overview = ProofOverview(
            guides: rendered.map { ($0.guide, $0.outline, $0.statuses) },
            ledger: source.ledger,
            hasDocument: !source.ledgerDocument.isEmpty,
            fileStatuses: fileStatuses
        )
        files.append(template.render(overview.page()))
        files += machineFiles(rendered, template)
        diagnostics.sort { Self.order($0) < Self.order($1) }
        return Site(
            files: files.sorted { $0.path < $1.path },
            diagnostics: diagnostics,
            pages: rendered.count,
            summary: overview.tally.sentence
        )
    }

    private static func order(_ diagnostic: Diagnostic) -> (String, Int, Int, String) {
        let start = diagnostic.range?.start
        return (diagnostic.file, start?.line ?? 0, start?.column ?? 0, diagnostic.message)
    }

    /// What search engines, crawlers, readers of proofs and web servers ask for.
    private func machineFiles(_ pages: [RenderedGuide], _ template: PageTemplate) -> [SiteFile] {
        var files = [
            SiteFile(
                path: "search-index.js", contents: SearchIndex.script(pages.map { ($0.outline.path, $0.sections) })),
            notFound(template), llms(pages),
        ]
        if !source.ledgerDocument.isEmpty {
            files.append(SiteFile(path: "proofs.json", contents: source.ledgerDocument))
        }
        if !pages.contains(where: { $0.outline.path == "index.html" }), let first = template.navigation.sequence.first {
            files.append(redirect(to: first))
        }
        if let base = source.configuration.baseURL {
            var writer = HTMLWriter()
            writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            writer.raw("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
            for path in pages.map(\.outline.path) + ["proof.html"] {
                writer.raw("<url><loc>")
                writer.text(PageTemplate.absolute(path, base: base))
                writer.raw("</loc></url>\n")
            }
            writer.raw("</urlset>\n")
            files.append(SiteFile(path: "sitemap.xml", contents: writer.bytes))
        }
        return files
    }

    /// The page for addresses that don't exist. It is shown under any address, so its links start at the site's root.
    private func notFound(_ template: PageTemplate) -> SiteFile {
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

    /// A start page for projects without `docs/index.md`.
    private func redirect(to page: (path: String, title: String)) -> SiteFile {
        var writer = HTMLWriter()
        writer.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
        writer.text(source.configuration.title)
        writer.raw("</title>\n<meta http-equiv=\"refresh\"")
        writer.attribute("content", "0; url=\(RelativePath.encoded(page.path))")
        writer.raw(">\n</head>\n<body><p><a")
        writer.attribute("href", RelativePath.encoded(page.path))
        writer.raw(">")
        writer.text(page.title)
        writer.raw("</a></p></body>\n</html>\n")
        return SiteFile(path: "index.html", contents: writer.bytes)
    }

    /// A map of the site for language models, as llmstxt.org describes it.
    private func llms(_ pages: [RenderedGuide]) -> SiteFile {
        let base = source.configuration.baseURL.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        var text = "# \(source.configuration.title)\n\n## Guides\n\n"
        for page in pages {
            let description = page.outline.description.map { ": \($0)" } ?? ""
            text += "- [\(page.outline.title)](\(base)\(RelativePath.encoded(page.guide.name)).md)\(description)\n"
        }
        return SiteFile(path: "llms.txt", contents: Array(text.utf8))
    }
}
