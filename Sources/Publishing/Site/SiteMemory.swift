import Guides
import NIOConcurrencyHelpers
import Proving
import Tangling

/// The pages of a site as they were built last, with what they came from.
package final class SiteMemory: Sendable {
    /// What every page depends on.
    struct Inputs: Equatable, Sendable {
        var configuration: SiteConfiguration
        var theme: String
        /// Paths and titles of all pages in reading order.
        var sequence: [String]
        var ledger: [UInt8]
        var tool: Ledger.Tool?
        var plan: TanglePlan
        var statuses: [String: FileStatus]
        var updated: [String: String]
    }

    private struct Known {
        var inputs: Inputs
        var pages: [String: RenderedGuide]
        var renderer: GuideRenderer
    }

    let outlines = GuideResults<PageOutline>()
    private let last: NIOLockedValueBox<Known?> = NIOLockedValueBox(nil)

    package init() {}

    /// The pages that need not be rendered again, by the paths of their guides: nothing that all depend on has changed, and
    /// neither has their guide, nor the anchors of a guide that they link to.
    func known(
        _ inputs: Inputs, _ entries: [SiteSource.Entry], _ outlines: [PageOutline], _ resolver: LinkResolver
    ) -> [String: RenderedGuide] {
        guard let last = last.withLockedValue({ $0 }), last.inputs == inputs else { return [:] }
        var moved: Set<String> = []
        for outline in outlines where last.pages[outline.guidePath]?.outline.anchors != outline.anchors {
            moved.insert(outline.guidePath)
        }
        var known: [String: RenderedGuide] = [:]
        for entry in entries {
            guard let page = last.pages[entry.guide.path], page.guide.source == entry.guide.source,
                page.filesHash == entry.filesHash, Self.isSelfContained(page, resolver),
                page.linked.isDisjoint(with: moved)
            else { continue }
            known[entry.guide.path] = page
        }
        return known
    }

    func remember(_ inputs: Inputs, _ pages: [RenderedGuide], by renderer: GuideRenderer) {
        let byPath = Dictionary(pages.map { ($0.guide.path, $0) }, uniquingKeysWith: { first, _ in first })
        last.withLockedValue { $0 = Known(inputs: inputs, pages: byPath, renderer: renderer) }
    }

    /// The files of one edited guide as the next build will have them, made without it: nobody who writes waits for the rest
    /// of the site.
    ///
    /// - Returns: nil where other pages, or files that checks run with, depend on what was edited, or where it has errors.
    package func preview(_ entry: SiteSource.Entry) -> [SiteFile]? {
        let guide = entry.guide
        guard let last = last.withLockedValue({ $0 }), let former = last.pages[guide.path],
            guide.frontMatter == former.guide.frontMatter, Self.files(of: guide) == Self.files(of: former.guide)
        else { return nil }
        let (markup, diagnostics) = Variables(values: last.inputs.configuration.variables).expand(guide, entry.markup)
        var entry = entry
        entry.markup = markup
        entry.filesHash = former.filesHash
        let outline = outlines.value(path: guide.path, source: guide.source) {
            PageOutline(entry, rawHTML: last.inputs.configuration.rawHTML)
        }
        guard outline.title == former.outline.title else { return nil }
        var renderer = last.renderer
        renderer.resolver = renderer.resolver.knowing(outline)
        let page = renderer.render(entry, outline)
        guard !(diagnostics + page.diagnostics).contains(where: { $0.severity == .error }) else { return nil }
        return page.files
    }

    /// What a guide says of files, and where.
    private static func files(of guide: Guide) -> [[String]] {
        guide.blocks.filter { $0.kind == .file }.map { block in
            [String(block.index), block.text, block.language] + block.attributes.entries.map { "\($0.key)=\($0.value)" }
        }
    }

    /// Whether a page has nothing in it that comes from files which are no guides, and led nowhere wrong.
    private static func isSelfContained(_ page: RenderedGuide, _ resolver: LinkResolver) -> Bool {
        !page.diagnostics.contains { $0.severity == .error }
            && page.published.allSatisfy { file in
                guard case .view(let path) = file else { return false }
                return resolver.generated.contains(path) || resolver.files.kind(of: path) == .file
            } && !page.guide.blocks.contains { $0.attributes["include"] != nil }
    }
}
