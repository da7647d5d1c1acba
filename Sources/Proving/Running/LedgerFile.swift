#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The ledger on disk, `.launchpad/ledger.json`: the latest proof of every guide.
package struct LedgerFile: Sendable {
    /// Absolute path.
    package let path: String
    private let history: ProofHistoryFile

    package init(root: String) {
        path = "\(root)/.launchpad/ledger.json"
        history = ProofHistoryFile(root: root)
    }

    /// The ledger of the latest run, or nil where there is none that this version understands.
    package func read() -> Ledger? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
            let ledger = try? Ledger(json: data), ledger.version == Ledger.currentVersion
        else { return nil }
        return ledger
    }

    /// Writes the proofs of a run, and adds the run to the history. Guides that were not part of it keep theirs, if they are
    /// of the same tool and engine and stood in the same isolation: a ledger speaks of one of each. The ledger of a part
    /// holds that part alone.
    ///
    /// - Parameter known: the paths of the project's guides; proofs of others are dropped.
    package func update(with run: Ledger, known: Set<String>) throws {
        var ledger = run
        if run.shard == nil, let former = read(), former.shard == nil, former.engine == run.engine,
            former.isolation == run.isolation, former.tool == run.tool
        {
            let fresh = Set(run.guides.map(\.path))
            let kept = former.guides.filter { known.contains($0.path) && !fresh.contains($0.path) }
            ledger.guides += kept.map { proof in
                var proof = proof
                proof.cached = true
                return proof
            }
            ledger.guides.sort { $0.path < $1.path }
        }
        try AtomicFile.write(ledger.json(), to: path)
        try history.record(ledger)
    }
}
