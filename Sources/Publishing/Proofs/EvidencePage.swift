import Guides
import Proving

/// The page behind a guide's page: what was run for each of its blocks, what that printed, and how to run it again.
struct EvidencePage {
    let guide: Guide
    let outline: PageOutline
    let statuses: [Int: BlockStatus]
    let engine: String

    /// Where a guide's evidence lies in the site.
    static func path(of guide: Guide) -> String { "proof/" + guide.name + ".html" }

    /// The page; nil where nothing of the guide was run.
    func page() -> PageContent? {
        guard statuses.values.contains(where: \.hasEvidence) else { return nil }
        let path = Self.path(of: guide)
        let root = PageOutline.root(of: path)
        var writer = HTMLWriter(capacity: 16 * 1024)
        writer.raw("<p>What was run for each block of <a")
        writer.attribute("href", root + RelativePath.encoded(outline.path))
        writer.raw(">")
        writer.text(outline.title)
        writer.raw("</a>, and what it printed.</p>\n")
        for (index, status) in statuses.sorted(by: { $0.key < $1.key }) where guide.blocks.indices.contains(index) {
            section(guide.blocks[index], status, root, &writer)
        }
        return PageContent(
            path: path,
            title: "Proof: \(outline.title)",
            heading: escapedHTML(outline.title),
            description: "What was run for each example of “\(outline.title)”, and what it printed.",
            content: writer.bytes,
            crumbs: [("Proof", "proof.html")]
        )
    }

    private func section(_ block: Block, _ status: BlockStatus, _ root: String, _ writer: inout HTMLWriter) {
        let anchor = outline.blockAnchors[block.index] ?? ""
        writer.raw("<section class=\"proven\"")
        writer.attribute("id", anchor)
        writer.raw(">\n<h2><a")
        writer.attribute("href", root + RelativePath.encoded(outline.path) + "#" + anchor)
        writer.raw(">")
        writer.text(block.name)
        writer.trusted("</a></h2>\n<p class=\"proof is-\(status.state.rawValue)\">".utf8)
        ProofCard.label(status, engine: engine, to: &writer)
        writer.raw("</p>\n")
        if let proof = status.proof, status.hasEvidence {
            writer.raw("<div class=\"evidence\">")
            evidence(proof, status, check: "\(guide.name)#\(block.name)", &writer)
            writer.raw("</div>\n")
        }
        writer.raw("</section>\n")
    }

    private func evidence(_ proof: BlockProof, _ status: BlockStatus, check: String, _ writer: inout HTMLWriter) {
        writer.raw("<ul class=\"facts\">")
        fact("Engine", engine, &writer)
        fact("Ran", status.ranAt.map(Readable.date) ?? "unknown", &writer)
        fact("Took", Readable.duration(milliseconds: proof.durationMilliseconds), &writer)
        writer.raw("<li><span>Content hash</span> <code")
        writer.attribute("title", "SHA-256 \(proof.contentHash)")
        writer.raw(">")
        writer.text(proof.contentHash.prefix(12))
        writer.raw("</code></li></ul>\n")
        for step in proof.steps {
            self.step(step, &writer)
        }
        writer.raw("<p class=\"replay\">Run it again: <code>launchpad replay ")
        writer.text(check)
        writer.raw("</code></p>")
    }

    private func fact(_ name: StaticString, _ value: String, _ writer: inout HTMLWriter) {
        writer.raw("<li><span>")
        writer.raw(name)
        writer.raw("</span> ")
        writer.text(value)
        writer.raw("</li>")
    }

    private func step(_ step: StepProof, _ writer: inout HTMLWriter) {
        writer.raw("<pre class=\"transcript\"><code><b>")
        writer.text(step.command.hasSuffix("\n") ? step.command.dropLast() : step.command[...])
        writer.raw("</b>\n")
        if let mismatch = step.mismatch {
            difference(mismatch, &writer)
        } else {
            writer.text(step.output)
            if !step.output.isEmpty, !step.output.hasSuffix("\n") {
                writer.raw("\n")
            }
        }
        if step.truncated {
            writer.raw("<i>the rest of the output was not kept</i>\n")
        }
        writer.raw("<i>")
        writer.text(outcome(step))
        writer.raw("</i></code></pre>\n")
    }

    /// The guide's lines and the printed ones as a diff: `-` is in the guide only, `+` was printed only.
    private func difference(_ mismatch: Mismatch, _ writer: inout HTMLWriter) {
        for line in mismatch.lines {
            switch line.side {
            case .both:
                writer.raw("  ")
                writer.text(line.text)
                writer.raw("\n")
            case .expected:
                writer.raw("<del>- ")
                writer.text(line.text)
                writer.raw("</del>\n")
            case .actual:
                writer.raw("<ins>+ ")
                writer.text(line.text)
                writer.raw("</ins>\n")
            }
        }
    }

    private func outcome(_ step: StepProof) -> String {
        guard let status = step.status else {
            return step.state == .passed ? "left running" : "did not end in time"
        }
        let expected = status == step.expectedStatus ? "" : ", expected \(step.expectedStatus)"
        return "exit status \(status)\(expected) · \(Readable.duration(milliseconds: step.durationMilliseconds))"
    }
}
