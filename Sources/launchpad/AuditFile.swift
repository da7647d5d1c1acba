import Auditing
import Guides
import Proving

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
