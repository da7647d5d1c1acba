import Proving

/// The changes of proofs as an Atom feed: an entry for each run in which a check came to another state.
enum ProofFeed {
    static func atom(_ history: ProofHistory, configuration: SiteConfiguration, base: String) -> [UInt8] {
        let page = PageTemplate.absolute("proof.html", base: base)
        let address = PageTemplate.absolute("proofs.xml", base: base)
        let runs = history.runs.filter { !$0.changes.isEmpty }.reversed()
        var writer = HTMLWriter()
        writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>")
        writer.text("\(configuration.title): changes of proofs")
        writer.raw("</title>\n<id>")
        writer.text(address)
        writer.raw("</id>\n<link rel=\"self\"")
        writer.attribute("href", address)
        writer.raw("/>\n<link")
        writer.attribute("href", page)
        writer.raw("/>\n<updated>")
        writer.text(runs.first?.startedAt ?? history.runs.last?.startedAt ?? "1970-01-01T00:00:00Z")
        writer.raw("</updated>\n<author><name>")
        writer.text(configuration.title)
        writer.raw("</name></author>\n")
        for run in runs {
            writer.raw("<entry>\n<title>")
            writer.text(title(run))
            writer.raw("</title>\n<id>")
            writer.text("\(address)#\(run.startedAt)")
            writer.raw("</id>\n<updated>")
            writer.text(run.startedAt)
            writer.raw("</updated>\n<link")
            writer.attribute("href", page)
            writer.raw("/>\n<content type=\"text\">")
            writer.text(run.changes.map { sentence($0) + "\n" }.joined())
            writer.raw("</content>\n</entry>\n")
        }
        writer.raw("</feed>\n")
        return writer.bytes
    }

    private static func title(_ run: ProofHistory.Run) -> String {
        let failed = run.changes.count { $0.now == .failed || $0.now == .error }
        let passed = run.changes.count { $0.now == .passed }
        let parts = [
            failed > 0 ? "\(Readable.count(failed, "check")) failed" : nil,
            passed > 0 ? "\(Readable.count(passed, "check")) passed" : nil,
        ].compactMap { $0 }
        let rest = run.changes.count - failed - passed
        let others = rest > 0 ? ["\(Readable.count(rest, "other change"))"] : []
        return (parts + others).joined(separator: ", ") + " with \(run.engine.version)"
    }

    /// `docs/a.md#publish failed (passed before)`.
    static func sentence(_ change: ProofHistory.Change) -> String {
        switch (change.before, change.now) {
        case (let before?, let now?): "\(change.check) \(word(now)) (\(word(before)) before)"
        case (nil, let now?): "\(change.check) is new and \(word(now))"
        default: "\(change.check) is gone"
        }
    }

    private static func word(_ state: ProofState) -> String {
        switch state {
        case .passed: "passed"
        case .failed: "failed"
        case .blocked: "was blocked"
        case .skipped: "was skipped"
        case .error: "could not be run"
        }
    }
}
