import Auditing
import Guides
import Proving
import Publishing
import Tangling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The latest audit on disk, `.launchpad/audit.json`.
struct AuditFile {
    /// Absolute.
    let path: String

    init(root: String) {
        path = "\(root)/.launchpad/audit.json"
    }

    /// Nil where there is none that this version understands.
    func read() -> AuditReport? {
        guard let bytes = try? FileBytes.read(path),
            let report = try? JSONDecoder().decode(AuditReport.self, from: Data(bytes)),
            report.version == AuditReport.currentVersion
        else { return nil }
        return report
    }

    func write(_ text: String) throws {
        try AtomicFile.write(Array(text.utf8), to: path)
    }
}

extension AuditReport {
    /// What the proof page tells; nil where a file has changed since.
    func summary(of plan: TanglePlan) -> AuditSummary? {
        let contents = Dictionary(plan.files.map { ($0.path, $0.contents) }, uniquingKeysWith: { first, _ in first })
        let isCurrent = files.allSatisfy { path, hash in contents[path].map(Manifest.hash) == hash }
        guard isCurrent, !mutants.isEmpty else { return nil }
        let gaps = mutants.filter { $0.state == .unnoticed }.map { mutant in
            AuditSummary.Gap(
                guide: mutant.guide, line: mutant.guideLine,
                place: mutant.file == mutant.guide ? mutant.path : "\(mutant.file):\(mutant.line)",
                change: mutant.change)
        }
        return AuditSummary(sentence: summary, startedAt: startedAt, gaps: gaps)
    }
}
