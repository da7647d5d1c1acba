import Guides

/// How much the proofs prove: what an audit changed, and what of it nobody noticed.
extension ProofOverview {
    static let auditHeading = PageOutline.Heading(level: 2, text: "How much the proofs prove", anchor: "audit")

    func audit(_ writer: inout HTMLWriter) {
        guard let audit = source.audit else { return }
        writer.raw("<h2 id=\"audit\">How much the proofs prove</h2>\n<p>")
        writer.raw(
            "A check that nothing could make fail proves nothing. So <code>launchpad audit</code> changes one thing ")
        writer.raw(
            "at a time in what the guides say, such as a port, a limit, a permission or an expected word, and runs ")
        writer.raw("the guides with it. ")
        writer.text(audit.sentence)
        writer.raw(", on ")
        writer.text(Readable.date(audit.startedAt))
        writer.raw(".</p>\n")
        guard !audit.gaps.isEmpty else { return }
        writer.raw("<p>These changes made no check fail: what they change is described, and not proven.</p>\n")
        writer.raw("<div class=\"table checks\"><table>\n<thead><tr><th scope=\"col\">Guide</th>")
        writer.raw("<th scope=\"col\">Where</th><th scope=\"col\">Change</th></tr></thead>\n<tbody>\n")
        for gap in audit.gaps {
            writer.raw("<tr><td>")
            if let entry = guides.first(where: { $0.guide.path == gap.guide }) {
                writer.raw("<a")
                writer.attribute("href", RelativePath.encoded(entry.outline.path))
                writer.raw(">")
                writer.text(entry.outline.title)
                writer.raw("</a>")
            }
            writer.raw("<small>")
            writer.text("\(gap.guide):\(gap.line)")
            writer.raw("</small></td><td>")
            writer.text(gap.place)
            writer.raw("</td><td><code>")
            writer.text(gap.change)
            writer.raw("</code></td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }
}
