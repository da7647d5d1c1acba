import Proving

/// The line below a block: its state in words and with an icon, and the way to the evidence for it.
///
/// The evidence itself lies on the guide's ``EvidencePage``: most readers want none, and transcripts would be a third of
/// what they load. With JavaScript and a server it is fetched into the page, else the link leads there.
enum ProofCard {
    /// - Parameter evidence: the address of the block's evidence, where there is any.
    static func write(_ status: BlockStatus, engine: String, evidence: String, to writer: inout HTMLWriter) {
        writer.trusted("<p class=\"proof is-\(status.state.rawValue)\">".utf8)
        label(status, engine: engine, to: &writer)
        if status.hasEvidence {
            writer.raw(" <a")
            writer.attribute("href", evidence)
            writer.raw(">Proof</a>")
        }
        writer.raw("</p>\n")
    }

    /// The state, and how long it took or why it is not passed.
    static func label(_ status: BlockStatus, engine: String, to writer: inout HTMLWriter) {
        let state = status.state.rawValue
        writer.trusted("<svg class=\"i\"><use href=\"#i-\(state)\"/></svg><b>\(status.state.label)</b> <span>".utf8)
        if let reason = status.reason, status.state != .passed {
            writer.text(reason)
        } else if let proof = status.proof {
            writer.text("in \(Readable.duration(milliseconds: proof.durationMilliseconds)) with \(engine)")
        }
        writer.raw("</span>")
    }
}
