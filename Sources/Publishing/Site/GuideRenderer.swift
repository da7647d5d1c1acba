import Guides
import Proving

/// A guide's page with what came up while it was rendered.
struct RenderedGuide: Sendable {
    var guide: Guide
    var outline: PageOutline
    var file: SiteFile
    /// Where something of it was run: the page with the evidence.
    var evidence: SiteFile?
    var diagnostics: [Diagnostic]
    var published: Set<PublishedFile>
    /// Paths of the guides that it links to.
    var linked: Set<String>
    /// The hash of the files that its checks would run with.
    var filesHash: String?
    /// Its sections and their terms, for the search.
    var search: SearchIndex.Page
    var statuses: [Int: BlockStatus]

    /// The page, its evidence and its Markdown copy.
    var files: [SiteFile] {
        [file, SiteFile(path: guide.name + ".md", contents: guide.source)] + (evidence.map { [$0] } ?? [])
    }
}

/// Renders guides into pages. Each page depends on its own guide and on what all share, so they are rendered in parallel.
struct GuideRenderer: Sendable {
    let template: PageTemplate
    var resolver: LinkResolver
    let proofs: ProofIndex
    let fileStatuses: [String: FileStatus]
    let parts: FileParts
    /// When guides were changed last, by their paths.
    let updated: [String: String]
    let isStrict: Bool

    /// The pages in the order of `guides`.
    ///
    /// - Parameter known: pages that are still right, by the paths of their guides.
    func renderAll(
        _ guides: [(SiteSource.Entry, PageOutline)], known: [String: RenderedGuide] = [:]
    ) async -> [RenderedGuide] {
        await guides.concurrentMap { known[$0.0.guide.path] ?? render($0.0, $0.1) }
    }

    func render(_ entry: SiteSource.Entry, _ outline: PageOutline) -> RenderedGuide {
        let statuses = proofs.statuses(of: entry)
        var renderer = PageRenderer(
            entry: entry,
            outline: outline,
            resolver: resolver,
            statuses: statuses,
            fileStatuses: fileStatuses,
            parts: parts,
            engine: proofs.engine,
            policy: template.configuration.rawHTML
        )
        let result = renderer.render()
        let neighbours = template.navigation.neighbours(of: outline.path)
        let fileName = outline.path.split(separator: "/").last.map(String.init) ?? outline.path
        let page = PageContent(
            path: outline.path,
            title: outline.title,
            heading: result.title,
            anchor: result.titleAnchor,
            description: outline.description,
            content: result.html,
            alerts: result.alerts,
            rollup: rollup(result.tally, statuses, entry, outline),
            crumbs: template.navigation.crumbs(of: outline.path),
            headings: outline.headings,
            previous: neighbours.previous,
            next: neighbours.next,
            source: RelativePath.encoded(String(fileName.dropLast("html".count)) + "md"),
            edit: template.configuration.edit.flatMap { SafeURL.checked($0 + RelativePath.encoded(entry.guide.path)) },
            updated: updated[entry.guide.path]
        )
        let evidence = EvidencePage(
            guide: entry.guide, outline: outline, statuses: statuses, engine: proofs.engine?.version ?? "")
        return RenderedGuide(
            guide: entry.guide,
            outline: outline,
            file: template.render(page),
            evidence: evidence.page().map { template.render($0) },
            diagnostics: result.diagnostics + (isStrict ? unproven(entry, statuses) : []),
            published: result.published,
            linked: result.linked,
            filesHash: entry.filesHash,
            search: SearchIndex.Page(path: outline.path, sections: result.sections),
            statuses: statuses
        )
    }

    /// The line below the title that says what is proven; empty where the guide has no checks.
    private func rollup(
        _ tally: ProofTally, _ statuses: [Int: BlockStatus], _ entry: SiteSource.Entry, _ outline: PageOutline
    ) -> String {
        guard let state = tally.state else { return "" }
        var writer = HTMLWriter(capacity: 512)
        writer.trusted("<p class=\"rollup is-\(state.rawValue)\"><a".utf8)
        let hasEvidence = statuses.values.contains(where: \.hasEvidence)
        let page =
            hasEvidence
            ? RelativePath.encoded(EvidencePage.path(of: entry.guide))
            : "proof.html#" + ProofOverview.anchor(of: entry.guide)
        writer.attribute("href", outline.root + page)
        writer.trusted("><svg class=\"i\"><use href=\"#i-\(state.rawValue)\"/></svg>".utf8)
        writer.text(tally.sentence)
        writer.raw("</a>")
        if let engine = proofs.engine, let date = proofs.startedAt(entry.guide.path) {
            writer.raw("<span>with ")
            writer.text(engine.version)
            writer.raw(" · <time")
            writer.attribute("datetime", date)
            writer.raw(">")
            writer.text(Readable.date(date))
            writer.raw("</time></span>")
        }
        writer.raw("</p>\n")
        writeStandIns(proofs.standIns(entry.guide.path), to: &writer)
        return writer.string
    }

    /// Which programs ran in place of containers: what is proven is proven of them.
    private func writeStandIns(_ standIns: [StandInProof], to writer: inout HTMLWriter) {
        guard !standIns.isEmpty else { return }
        writer.raw("<ul class=\"stand-ins\" aria-label=\"In place of containers\">\n")
        for standIn in standIns {
            writer.raw("<li><code>")
            writer.text(standIn.image)
            writer.raw("</code>, served by ")
            writer.text(standIn.servedBy)
            if !standIn.matches { writer.raw(", which is no proof of the image itself") }
            writer.raw("</li>\n")
        }
        writer.raw("</ul>\n")
    }

    /// With `--strict`: every check that is not passed is an error.
    private func unproven(_ entry: SiteSource.Entry, _ statuses: [Int: BlockStatus]) -> [Diagnostic] {
        statuses.sorted { $0.key < $1.key }.compactMap { index, status in
            guard status.state != .passed, entry.guide.blocks.indices.contains(index) else { return nil }
            let block = entry.guide.blocks[index]
            let reason = status.reason.map { ": \($0)" } ?? ""
            return Diagnostic(
                code: "not-proven",
                "block \"\(block.name)\" is \(status.state.label.lowercased())\(reason)",
                file: entry.guide.path,
                range: block.range,
                help: "run launchpad check, or build without --strict"
            )
        }
    }
}
