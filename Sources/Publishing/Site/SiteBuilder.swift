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
        /// Makes the search's files, where they are not among the others: who serves a site shows its pages first.
        package var search: (@Sendable () async -> [SiteFile])?

        package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    let source: SiteSource
    let theme: Theme

    package init(_ source: SiteSource, theme: Theme) {
        self.source = source
        self.theme = theme
    }

    /// - Parameter memory: pages that are as it remembers them are not rendered again.
    package func build(remembering memory: SiteMemory? = nil) async -> Site {
        let configuration = source.configuration
        let variables = Variables(values: configuration.variables)
        let expanded = await source.entries
            .filter { configuration.includesDrafts || !$0.guide.frontMatter.draft }
            .sorted { $0.guide.path < $1.guide.path }
            .concurrentMap { entry in
                var entry = entry
                let (markup, diagnostics) = variables.expand(entry.guide, entry.markup)
                entry.markup = markup
                return (entry, diagnostics)
            }
        let entries = expanded.map(\.0)
        let outlines = await entries.concurrentMap { entry in
            func read() -> PageOutline { PageOutline(entry, rawHTML: configuration.rawHTML) }
            return memory?.outlines.value(path: entry.guide.path, source: entry.guide.source, read) ?? read()
        }
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
            parts: FileParts(
                files: source.files,
                generated: Dictionary(
                    source.plan.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }),
                partNames: partNames(entries)
            ),
            updated: source.updated,
            isStrict: configuration.isStrict
        )
        let inputs = SiteMemory.Inputs(
            configuration: configuration, theme: theme.fingerprint,
            sequence: navigation.sequence.map { $0.path + $0.title },
            ledger: source.ledgerDocument, tool: source.tool, plan: source.plan, statuses: fileStatuses,
            updated: source.updated
        )
        let known = memory?.known(inputs, entries, outlines, resolver) ?? [:]
        let rendered = await renderer.renderAll(Array(zip(entries, outlines)), known: known)
        memory?.remember(inputs, rendered, by: renderer)

        var files = theme.assets
        var diagnostics = expanded.flatMap(\.1)
        var published: Set<PublishedFile> = Set(source.plan.files.map { .view($0.path) })
        for page in rendered {
            files += page.files
            diagnostics += page.diagnostics
            published.formUnion(page.published)
        }
        let checks = FileChecks(rendered, plan: source.plan)
        let filePages = FilePages(
            source: source, outlines: outlines, statuses: fileStatuses, checks: checks, template: template)
        files += filePages.render(published.sorted())
        let overview = ProofOverview(
            guides: rendered.map { ($0.guide, $0.outline, $0.statuses) },
            source: source,
            checks: checks,
            hasDocument: !source.ledgerDocument.isEmpty,
            fileStatuses: fileStatuses
        )
        files.append(template.render(overview.page()))
        let machines = MachineFiles(source: source, pages: rendered, template: template, resolver: resolver)
        files += machines.files()
        let index = rendered.map(\.search)
        if memory == nil { files += await SearchIndex(index).files() }
        diagnostics += machines.diagnostics()
        var search: (@Sendable () async -> [SiteFile])?
        if memory != nil { search = { await SearchIndex(index).files() } }
        diagnostics.sort { Self.order($0) < Self.order($1) }
        freeBeside(expanded)
        freeBeside(rendered)
        return Site(
            files: files.sorted { $0.path < $1.path },
            diagnostics: diagnostics,
            pages: rendered.count,
            summary: overview.tally.sentence,
            search: search
        )
    }

    private static func order(_ diagnostic: Diagnostic) -> (String, Int, Int, String) {
        let start = diagnostic.range?.start
        return (diagnostic.file, start?.line ?? 0, start?.column ?? 0, diagnostic.message)
    }

    /// The names that file blocks give their parts, by guide and the block's index.
    private func partNames(_ entries: [SiteSource.Entry]) -> [String: [Int: String]] {
        var names: [String: [Int: String]] = [:]
        for entry in entries {
            for block in entry.guide.blocks where block.kind == .file {
                names[entry.guide.path, default: [:]][block.index] = block.attributes["part"]
            }
        }
        return names
    }
}
