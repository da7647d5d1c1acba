import Proving
import Tangling

/// What the proof page tells beyond the latest run: earlier runs, other engines, and single config keys.
extension ProofOverview {
    /// How the last runs went: a bar for each, the newest on the right.
    func history(_ writer: inout HTMLWriter) {
        let runs = source.history.runs
        guard runs.count > 1 else { return }
        let highest = runs.map { $0.passed + $0.failed + $0.notRun }.max() ?? 1
        writer.raw("<h2 id=\"history\">History</h2>\n")
        let width = max(runs.count, 20) * 12
        writer.trusted("<figure class=\"history\"><svg viewBox=\"0 0 \(width) 64\" role=\"img\"".utf8)
        let newest = runs[runs.count - 1]
        let label =
            "\(Readable.count(runs.count, "run")) from \(Readable.date(runs[0].startedAt)) to "
            + "\(Readable.date(newest.startedAt)); in the last one \(newest.passed) passed, \(newest.failed) failed and "
            + "\(newest.notRun) did not run"
        writer.attribute("aria-label", label)
        writer.raw(">\n")
        for (index, run) in runs.enumerated() {
            let x = width - (runs.count - index) * 12 + 2
            var y = 64.0
            writer.raw("<g><title>")
            writer.text(
                "\(Readable.date(run.startedAt)), \(run.engine.version): \(run.passed) passed, \(run.failed) failed, "
                    + "\(run.notRun) not run")
            writer.raw("</title>")
            for (count, state) in [(run.passed, "passed"), (run.notRun, "not-run"), (run.failed, "failed")]
            where count > 0 {
                let height = max(2, 60 * Double(count) / Double(max(highest, 1)))
                y -= height
                writer.trusted("<rect class=\"is-\(state)\" x=\"\(x)\" y=\"\(Self.tenths(y))\" width=\"8\" ".utf8)
                writer.trusted("height=\"\(Self.tenths(height))\"/>".utf8)
            }
            writer.raw("</g>\n")
        }
        writer.raw("</svg><figcaption>")
        writer.text("The last \(Readable.count(runs.count, "run")), the newest on the right. ")
        writer.raw("Green passed, red failed, grey did not run.</figcaption></figure>\n")
        changes(runs, &writer)
    }

    private func changes(_ runs: [ProofHistory.Run], _ writer: inout HTMLWriter) {
        let changed = runs.reversed().filter { !$0.changes.isEmpty }.prefix(5)
        guard !changed.isEmpty else { return }
        writer.raw(
            "<div class=\"table\"><table>\n<thead><tr><th scope=\"col\">Run</th><th scope=\"col\">What changed</th>")
        writer.raw("</tr></thead>\n<tbody>\n")
        for run in changed {
            writer.raw("<tr><td class=\"when\">")
            writer.text(Readable.date(run.startedAt))
            writer.raw("</td><td>")
            for change in run.changes.prefix(6) {
                writer.text(ProofFeed.sentence(change))
                writer.raw("<br>")
            }
            if run.changes.count > 6 {
                writer.text("and \(run.changes.count - 6) more")
            }
            writer.raw("</td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// What is proven on each engine; then the checks that come to different ends on them, or print other lines there.
    func engines(_ writer: inout HTMLWriter) {
        let engines = source.history.engines
        guard !engines.isEmpty else { return }
        writer.raw("<h2 id=\"engines\">Engines</h2>\n")
        let names = engines.keys.sorted()
        writer.raw("<div class=\"table\"><table>\n<thead><tr><th scope=\"col\">Engine</th>")
        writer.raw("<th scope=\"col\">Last run</th><th scope=\"col\" class=\"right\">Passed</th>")
        writer.raw("<th scope=\"col\" class=\"right\">Failed</th><th scope=\"col\" class=\"right\">Not run</th>")
        writer.raw("</tr></thead>\n<tbody>\n")
        for name in names {
            let run = source.history.runs.last { $0.engine.name == name }
            let states = engines[name, default: [:]].values.map { Self.shown($0.state) }
            writer.raw("<tr><td>")
            writer.text(run.map { "\(name): \($0.engine.version)" } ?? name)
            writer.raw("</td><td class=\"when\">")
            writer.text(run.map { Readable.date($0.startedAt) } ?? "–")
            for state in [BlockState.passed, .failed, .notRun] {
                writer.raw("</td><td class=\"right\">")
                writer.number(states.count { $0 == state })
            }
            writer.raw("</td></tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
        guard names.count > 1 else { return }
        let differences = source.history.differences
        guard !differences.isEmpty else {
            writer.raw("<p>")
            writer.text(
                "The checks come to the same end, and print the same lines, on \(names.joined(separator: " and ")).")
            writer.raw("</p>\n")
            return
        }
        writer.raw("<div class=\"table\"><table>\n<thead><tr><th scope=\"col\">Check</th>")
        for name in names {
            writer.raw("<th scope=\"col\">")
            writer.text(name)
            writer.raw("</th>")
        }
        writer.raw("</tr></thead>\n<tbody>\n")
        for difference in differences {
            writer.raw("<tr><td>")
            writer.text(difference.check)
            if difference.isOutputAlone { writer.raw(" (prints other lines)") }
            writer.raw("</td>")
            for name in names {
                writer.raw("<td>")
                state(difference.states[name].map(Self.shown) ?? .notRun, &writer)
                writer.raw("</td>")
            }
            writer.raw("</tr>\n")
        }
        writer.raw("</tbody></table></div>\n")
    }

    private static func shown(_ state: ProofState) -> BlockState {
        switch state {
        case .passed: .passed
        case .failed: .failed
        case .blocked, .skipped, .error: .notRun
        }
    }

    /// Each key of the generated configuration with the line where it is set and the checks that ran with it.
    func configurationKeys(_ writer: inout HTMLWriter) {
        let rows = source.plan.files.flatMap { file in
            ConfigurationKeys.keys(in: file.contents, of: file.path).map { (file, $0) }
        }
        guard !rows.isEmpty else { return }
        writer.raw("<h2 id=\"config-keys\">Config keys</h2>\n<details class=\"keys\"><summary>")
        writer.text("\(Readable.count(rows.count, "key")) in \(Readable.count(Set(rows.map(\.0.path)).count, "file"))")
        writer.raw("</summary>\n<div class=\"table checks\"><table>\n<thead><tr><th scope=\"col\">State</th>")
        writer.raw("<th scope=\"col\">Key</th><th scope=\"col\">Where it is set</th></tr></thead>\n<tbody>\n")
        for (file, key) in rows {
            writer.raw("<tr><td>")
            state(checks.tally(of: file.path).state ?? .notRun, &writer)
            writer.raw("</td><td><code>")
            writer.text(key.name)
            writer.raw("</code></td><td><a")
            writer.attribute("href", RelativePath.encoded(PublishedFile.view(file.path).path) + "#L\(key.line)")
            writer.raw(">")
            writer.text("\(file.path), line \(key.line)")
            writer.raw("</a></td></tr>\n")
        }
        writer.raw("</tbody></table></div></details>\n")
    }
}
