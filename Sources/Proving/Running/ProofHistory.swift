#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Guides

/// What came of the latest runs, so that a site can show how its proofs went, and who reads it can follow what changes.
///
/// Kept as `.launchpad/history.json`. It is no evidence: that is the ledger's.
package struct ProofHistory: Codable, Sendable, Hashable {
    /// One run in numbers.
    package struct Run: Codable, Sendable, Hashable {
        package var startedAt: String
        package var engine: EngineIdentity
        package var tool: Ledger.Tool
        package var durationMilliseconds: Double
        package var passed: Int
        package var failed: Int
        /// Blocked, skipped, or Launchpad could not run them.
        package var notRun: Int
        /// What is not as it was in the run before on the same engine.
        package var changes: [Change]
    }

    /// A check that came to another state.
    package struct Change: Codable, Sendable, Hashable {
        /// `docs/running-nats.md#publish`.
        package var check: String
        /// Nil where the check is new.
        package var before: ProofState?
        /// Nil where the check is gone.
        package var now: ProofState?
    }

    /// What a check came to on one engine.
    package struct Outcome: Codable, Sendable, Hashable {
        package var state: ProofState
        package var contentHash: String
        /// Hash of what stays the same of its output when it is run again; nil where an older version wrote it.
        package var outputHash: String?
    }

    /// The oldest first.
    package private(set) var runs: [Run] = []
    /// The outcome of every check in the latest run on each engine, by the engine's name and the check's.
    package private(set) var engines: [String: [String: Outcome]] = [:]

    /// Older runs than so many are forgotten.
    package static let limit = 50

    package init() {}

    /// Adds a run; not one that found everything proven already and changes nothing.
    ///
    /// - Parameter ledger: all the proofs that hold after the run.
    package mutating func record(_ ledger: Ledger) {
        var outcomes: [String: Outcome] = [:]
        for guide in ledger.guides {
            for block in guide.blocks {
                outcomes["\(guide.path)#\(block.name)"] = Outcome(
                    state: block.state, contentHash: block.contentHash, outputHash: block.outputShapeHash)
            }
        }
        let former = engines[ledger.engine.name]
        engines[ledger.engine.name] = outcomes
        let changes = former.map { Self.changes(from: $0, to: outcomes) } ?? []
        guard former == nil || !changes.isEmpty || ledger.guides.contains(where: { !$0.cached }) else { return }
        let states = outcomes.values.map(\.state)
        runs.append(
            Run(
                startedAt: ledger.startedAt,
                engine: ledger.engine,
                tool: ledger.tool,
                durationMilliseconds: ledger.durationMilliseconds,
                passed: states.count { $0 == .passed },
                failed: states.count { $0 == .failed },
                notRun: states.count { $0 != .passed && $0 != .failed },
                changes: changes
            )
        )
        runs.removeFirst(max(0, runs.count - Self.limit))
    }

    private static func changes(from former: [String: Outcome], to now: [String: Outcome]) -> [Change] {
        Set(former.keys).union(now.keys).sorted().compactMap { check in
            let before = former[check]?.state
            let after = now[check]?.state
            return before == after ? nil : Change(check: check, before: before, now: after)
        }
    }

    /// A check that is not the same on all engines.
    package struct Difference: Sendable, Hashable {
        /// `docs/running-nats.md#publish`.
        package var check: String
        /// What it came to, by the engine's name.
        package var states: [String: ProofState]

        /// Whether it comes to the same end everywhere, and only prints other lines.
        package var isOutputAlone: Bool { Set(states.values.filter { $0 != .skipped }).count == 1 }
    }

    /// The checks that come to different states on different engines, or print other lines there; only checks that are the same
    /// everywhere are compared.
    package var differences: [Difference] {
        guard engines.count > 1 else { return [] }
        return Set(engines.values.flatMap(\.keys)).sorted().compactMap { check in
            let outcomes = engines.compactMapValues { $0[check] }
            // Left out on one engine on purpose is no difference.
            let ran = outcomes.filter { $0.value.state != .skipped }
            guard Set(ran.values.map(\.contentHash)).count == 1,
                Set(ran.values.map(\.state)).count > 1 || Set(ran.values.compactMap(\.outputHash)).count > 1
            else { return nil }
            return Difference(check: check, states: outcomes.mapValues(\.state))
        }
    }
}

/// The history on disk, `.launchpad/history.json`.
package struct ProofHistoryFile: Sendable {
    /// Absolute path.
    package let path: String

    package init(root: String) {
        path = "\(root)/.launchpad/history.json"
    }

    /// What is kept; empty where there is nothing that this version understands.
    package func read() -> ProofHistory {
        guard let data = try? FileBytes.read(path) else { return ProofHistory() }
        return (try? JSONDecoder().decode(ProofHistory.self, from: Data(data))) ?? ProofHistory()
    }

    /// Adds a run.
    ///
    /// - Parameter ledger: all the proofs that hold after the run.
    /// - Throws: ``CouldNotRun`` where the file cannot be written.
    package func record(_ ledger: Ledger) throws {
        var history = read()
        history.record(ledger)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(Array(try encoder.encode(history)), to: path)
    }
}
