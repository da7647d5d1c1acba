#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Guides

/// The ledger on disk, `.launchpad/ledger.json`: the latest proof of every guide.
package struct LedgerFile: Sendable {
    /// Absolute path.
    package let path: String
    private let history: ProofHistoryFile
    private let root: String

    package init(root: String) {
        self.root = root
        path = "\(root)/.launchpad/ledger.json"
        history = ProofHistoryFile(root: root)
    }

    /// The ledger of the latest run, or nil where there is none that this version understands.
    package func read() -> Ledger? {
        guard let bytes = try? FileBytes.read(path), let ledger = try? Ledger(json: bytes),
            ledger.version == Ledger.currentVersion
        else { return nil }
        return ledger
    }

    /// Writes the proofs of a run, and adds the run to the history. Guides that were not part of it keep theirs, if they are
    /// of the same tool and engine and stood in the same isolation: a ledger speaks of one of each. The ledger of a part
    /// holds that part alone.
    ///
    /// - Parameter known: the paths of the project's guides; proofs of others are dropped.
    package func update(with run: Ledger, known: Set<String>) throws {
        // Two runs at once, of other guides each, must both find their proofs in it.
        try ProjectLock.hold(root) { try merge(run, known) }
    }

    /// The same where every proof comes from the cache; nothing is written where the ledger tells of these very proofs already.
    package func confirm(_ run: Ledger, known: Set<String>) throws {
        guard known.isSubset(of: run.guides.map(\.path)) else { return try update(with: run, known: known) }
        let state = "\(root)/.launchpad/cache/ledger"
        let told = run.fingerprint
        let isTold = (try? FileBytes.read(state)) == Array("\(told) \(FileIdentity.of(path))\n".utf8)
        guard !isTold else { return }
        try update(with: run, known: known)
        try AtomicFile.write(Array("\(told) \(FileIdentity.of(path))\n".utf8), to: state)
    }

    private func merge(_ run: Ledger, _ known: Set<String>) throws {
        var ledger = run
        // Reading thousands of proofs takes longer than anything else where nothing has changed.
        if run.shard == nil, !known.isSubset(of: run.guides.map(\.path)), let former = read(), former.shard == nil,
            former.engine == run.engine, former.isolation == run.isolation, former.tool == run.tool
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

extension Ledger {
    /// A hash of what it proves and where, which takes far less time than writing it down.
    fileprivate var fingerprint: String {
        var fields = HashFields()
        for part in [tool.name, tool.version, engine.name, engine.version, isolation] { fields.add("run", part) }
        for guide in guides {
            fields.add(guide.path, "\(guide.title) \(guide.inputHash) \(guide.startedAt)")
            fields.add("lines", guide.blocks.map { String($0.line) }.joined(separator: " "))
        }
        return fields.hash
    }
}
