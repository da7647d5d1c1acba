import Guides
import Proving

/// The page that says what of the whole site is proven, by guide, and what is not and why.
struct ProofOverview {
    let guides: [(guide: Guide, outline: PageOutline, statuses: [Int: BlockStatus])]
    let source: SiteSource
    let checks: FileChecks
    /// True when `proofs.json` lies beside the page.
    let hasDocument: Bool
    let fileStatuses: [String: FileStatus]

    /// The anchor of a guide on the proof page.
    static func anchor(of guide: Guide) -> String {
        "guide-" + Slugger.base(guide.name.replacing("/", with: "-"))
    }

    var tally: ProofTally {
        guides.map { Self.tally($0.statuses) }.reduce(ProofTally(), +)
    }

    private static func tally(_ statuses: [Int: BlockStatus]) -> ProofTally {
        statuses.values.reduce(into: ProofTally()) { $0.add($1) }
    }

    func page() -> PageContent {
        var writer = HTMLWriter(capacity: 16 * 1024)
        summary(&writer)
        guideTable(&writer)
        unproven(&writer)
        audit(&writer)
        history(&writer)
        engines(&writer)
        files(&writer)
        configurationKeys(&writer)
        var headings: [PageOutline.Heading] = []
        if guides.contains(where: { !$0.statuses.isEmpty }) {
            headings.append(PageOutline.Heading(level: 2, text: "Guides", anchor: "guides"))
        }
        headings.append(PageOutline.Heading(level: 2, text: "Not proven", anchor: "not-proven"))
        if source.audit != nil { headings.append(Self.auditHeading) }
        if source.history.runs.count > 1 {
            headings.append(PageOutline.Heading(level: 2, text: "History", anchor: "history"))
        }
        if !source.history.engines.isEmpty {
            headings.append(PageOutline.Heading(level: 2, text: "Engines", anchor: "engines"))
        }
        if !fileStatuses.isEmpty {
            headings.append(PageOutline.Heading(level: 2, text: "Generated files", anchor: "generated-files"))
            headings.append(PageOutline.Heading(level: 2, text: "Config keys", anchor: "config-keys"))
        }
        return PageContent(
            path: "proof.html",
            title: "Proof",
            heading: "Proof",
            description: "What of these guides is proven by a run, and what is not.",
            content: writer.bytes,
            headings: headings
        )
    }

    private func summary(_ writer: inout HTMLWriter) {
        let tally = self.tally
        writer.raw(
            "<p>Every command in these guides is run, and what it prints is compared with what the guide shows. ")
        writer.raw("Only what ran and matched counts as proven.</p>\n")
        if let state = tally.state {
            writer.trusted("<p class=\"rollup is-\(state.rawValue)\"><span class=\"state\">".utf8)
            writer.trusted("<svg class=\"i\"><use href=\"#i-\(state.rawValue)\"/></svg>".utf8)
            writer.text(tally.sentence)
            writer.raw("</span></p>\n")
            meter(tally, &writer)
        }
        guard let ledger = source.ledger else {
            writer.raw("<p>No run is recorded yet. <code>launchpad check</code> makes one.</p>\n")
            return
        }
        writer.raw("<ul class=\"facts\">")
        for (name, value) in [
            ("Engine", ledger.engine.version), ("Isolation", ledger.isolation),
            ("Run", Readable.date(ledger.startedAt)),
            ("Took", Readable.duration(milliseconds: ledger.durationMilliseconds)),
            ("Checked by", "\(ledger.tool.name) \(ledger.tool.version)"),
        ] {
            writer.raw("<li><span>")
            writer.text(name)
            writer.raw("</span> ")
            writer.text(value)
            writer.raw("</li>")
        }
        if hasDocument {
            writer.raw("<li><span>Evidence</span> <a href=\"proofs.json\">proofs.json</a></li>")
        }
        writer.raw("</ul>\n")
    }

    /// A bar with a stretch for each state. The sentence above it says the same in words.
    private func meter(_ tally: ProofTally, _ writer: inout HTMLWriter) {
        writer.trusted("<div class=\"meter\" aria-hidden=\"true\"><svg viewBox=\"0 0 \(tally.checks) 1\" ".utf8)
        writer.raw("preserveAspectRatio=\"none\">")
        var start = 0
        let parts = [
            (tally.passed, "passed"), (tally.failed, "failed"), (tally.stale, "stale"), (tally.notRun, "not-run"),
        ]
        for (count, state) in parts where count > 0 {
            writer.trusted("<rect class=\"is-\(state)\" x=\"\(start)\" width=\"\(count)\" height=\"1\"/>".utf8)
            start += count
        }
        writer.raw("</svg></div>\n")
    }

    private func unproven(_ writer: inout HTMLWriter) {
        writer.raw("<h2 id=\"not-proven\">Not proven</h2>\n")
        let open = guides.flatMap { entry in
            rows(entry).filter { $0.status.state != .passed }.map { (entry, $0.block, $0.status) }
        }
        guard !open.isEmpty else {
            writer.raw("<p>Nothing: every check passed.</p>\n")
            return
        }
        writer.raw("<div class=\"table checks\"><table>\n<thead><tr><th scope=\"col\">State</th>")
        writer.raw("<th scope=\"col\">Block</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n")
        for (entry, block, status) in open {
            writer.raw("<tr><td>")
            state(status.state, &writer)
            writer.raw("</td><td>")
            link(block, entry.outline, &writer)
            writer.raw("<small>")
            writer.text("\(entry.guide.path):\(block.range.start.line)")
            writer.raw("</small></td><td>")
            writer.text(status.reason ?? "the output differs from what the guide shows")
            writer.raw("</td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }

    /// A row for each guide that has something to prove. Its blocks are on the page with its evidence.
    private func guideTable(_ writer: inout HTMLWriter) {
        let proven = guides.filter { !$0.statuses.isEmpty }
        guard !proven.isEmpty else { return }
        writer.raw("<h2 id=\"guides\">Guides</h2>\n<div class=\"table checks\"><table>\n<thead><tr>")
        writer.raw("<th scope=\"col\">State</th><th scope=\"col\">Guide</th><th scope=\"col\">Checks</th>")
        writer.raw("<th scope=\"col\" class=\"right\">Took</th></tr></thead>\n<tbody>\n")
        for entry in proven {
            let tally = Self.tally(entry.statuses)
            writer.raw("<tr")
            writer.attribute("id", Self.anchor(of: entry.guide))
            writer.raw("><td>")
            state(tally.state ?? .notRun, &writer)
            writer.raw("</td><td><a")
            writer.attribute("href", RelativePath.encoded(entry.outline.path))
            writer.raw(">")
            writer.text(entry.outline.title)
            writer.raw("</a></td><td>")
            let took = entry.statuses.values.compactMap { $0.hasEvidence ? $0.proof?.durationMilliseconds : nil }
            if took.isEmpty {
                writer.text(tally.sentence)
            } else {
                writer.raw("<a")
                writer.attribute("href", RelativePath.encoded(EvidencePage.path(of: entry.guide)))
                writer.raw(">")
                writer.text(tally.sentence)
                writer.raw("</a>")
            }
            if tally.samples > 0 {
                writer.text("; \(Readable.count(tally.samples, "sample")) not run")
            }
            writer.raw("</td><td class=\"right\">")
            writer.text(took.isEmpty ? "–" : Readable.duration(milliseconds: took.reduce(0, +)))
            writer.raw("</td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }

    private func files(_ writer: inout HTMLWriter) {
        guard !fileStatuses.isEmpty else { return }
        writer.raw("<h2 id=\"generated-files\">Generated files</h2>\n<div class=\"table checks\"><table>\n<thead><tr>")
        writer.raw("<th scope=\"col\">State</th><th scope=\"col\">File</th></tr></thead>\n<tbody>\n")
        for (path, status) in fileStatuses.sorted(by: { $0.key < $1.key }) {
            writer.trusted("<tr><td><span class=\"state is-\(status.state.cssName)\">".utf8)
            writer.trusted("<svg class=\"i\"><use href=\"#i-\(status.state.cssName)\"/></svg>".utf8)
            writer.trusted("\(status.state.label)</span></td><td><a".utf8)
            writer.attribute("href", RelativePath.encoded(PublishedFile.view(path).path))
            writer.raw("><code>")
            writer.text(path)
            writer.raw("</code></a></td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }

    private func rows(
        _ entry: (guide: Guide, outline: PageOutline, statuses: [Int: BlockStatus])
    ) -> [(block: Block, status: BlockStatus)] {
        entry.statuses.sorted { $0.key < $1.key }.compactMap { index, status in
            entry.guide.blocks.indices.contains(index) ? (entry.guide.blocks[index], status) : nil
        }
    }

    func state(_ state: BlockState, _ writer: inout HTMLWriter) {
        writer.trusted("<span class=\"state is-\(state.rawValue)\"><svg class=\"i\">".utf8)
        writer.trusted("<use href=\"#i-\(state.rawValue)\"/></svg>\(state.label)</span>".utf8)
    }

    private func link(_ block: Block, _ outline: PageOutline, _ writer: inout HTMLWriter) {
        writer.raw("<a")
        let anchor = outline.blockAnchors[block.index].map { "#" + $0 } ?? ""
        writer.attribute("href", RelativePath.encoded(outline.path) + anchor)
        writer.raw(">")
        writer.text(block.name)
        writer.raw("</a>")
    }
}
