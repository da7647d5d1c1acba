import Guides
import Proving

/// What a page says about a check. The ledger knows what happened; whether that still holds is computed here.
enum BlockState: String, Sendable, CaseIterable {
    case passed, failed, stale
    case notRun = "not-run"

    var label: String {
        switch self {
        case .passed: "Passed"
        case .failed: "Failed"
        case .stale: "Stale"
        case .notRun: "Not run"
        }
    }
}

/// The state of one block with its evidence.
struct BlockStatus: Sendable {
    var state: BlockState
    /// Why it is not passed, in one sentence.
    var reason: String?
    /// What was recorded, also for a stale block.
    var proof: BlockProof?
    /// When it really ran, ISO 8601.
    var ranAt: String?
    /// True when the recorded outputs belong to the block as it stands now.
    var showsRealOutput: Bool
    /// False for a sample that nothing could check: it is shown, and not counted among the checks.
    var isCheck = true

    /// True when something was run for the block, so that there is more to show of it than its state.
    var hasEvidence: Bool { proof.map { !$0.steps.isEmpty } ?? false }
}

/// Looks up what is known of each block by comparing the ledger with the guides as they are now.
struct ProofIndex: Sendable {
    private let ledger: Ledger?
    private let currentTool: Ledger.Tool?
    private let guides: [String: GuideProof]

    /// - Parameter currentTool: what runs checks now; a proof by another version is stale.
    init(ledger: Ledger?, currentTool: Ledger.Tool?) {
        self.ledger = ledger
        self.currentTool = currentTool
        guides = Dictionary(ledger?.guides.map { ($0.path, $0) } ?? [], uniquingKeysWith: { first, _ in first })
    }

    var engine: EngineIdentity? { ledger?.engine }

    /// When a guide's checks really ran, ISO 8601.
    func startedAt(_ guide: String) -> String? { guides[guide]?.startedAt }

    /// What stood in for the images of a guide's services.
    func standIns(_ guide: String) -> [StandInProof] { guides[guide]?.standIns ?? [] }

    /// The status of each block of a guide that is a check, or a sample that could be one, by its index.
    func statuses(of entry: SiteSource.Entry) -> [Int: BlockStatus] {
        var statuses: [Int: BlockStatus] = [:]
        for check in entry.scenario?.checks ?? [] {
            statuses[check.block.index] = status(of: check, in: entry)
        }
        for block in entry.guide.blocks where statuses[block.index] == nil && block.kind == .sample {
            guard let name = Self.programmingLanguages[block.language.lowercased()] else { continue }
            let reason = block.attributes["skip"] ?? "no runner for \(name) is configured"
            statuses[block.index] = BlockStatus(
                state: .notRun,
                reason: reason,
                showsRealOutput: false,
                isCheck: false
            )
        }
        return statuses
    }

    private func status(of check: Check, in entry: SiteSource.Entry) -> BlockStatus {
        let guide = guides[entry.guide.path]
        guard let guide, let proof = guide.blocks.first(where: { $0.name == check.block.name }) else {
            var reason = ledger == nil ? "no run is recorded yet" : "added since the last run"
            if let guideReason = guide?.reason {
                reason = guideReason
            }
            return BlockStatus(state: .notRun, reason: check.skip ?? reason, showsRealOutput: false)
        }
        let sameBlock = proof.contentHash == check.contentHash
        let sameFiles = entry.filesHash == nil || guide.filesHash == nil || entry.filesHash == guide.filesHash
        var status = BlockStatus(
            state: .notRun,
            reason: proof.reason,
            proof: proof,
            ranAt: guide.startedAt,
            showsRealOutput: sameBlock
        )
        switch proof.state {
        case .blocked: status.reason = proof.reason ?? "a block that it needs failed"
        case .skipped: status.reason = proof.reason ?? "left out of the run"
        case .error: status.reason = proof.reason ?? "Launchpad could not run it"
        case .passed, .failed:
            if !sameBlock {
                status.state = .stale
                status.reason = "the block has changed since it ran"
            } else if !sameFiles {
                status.state = .stale
                status.reason = "the files that it uses have changed since it ran"
            } else if let tool = currentTool, let ledger, ledger.tool != tool {
                status.state = .stale
                status.reason = "it ran with \(ledger.tool.name) \(ledger.tool.version), this is \(tool.version)"
            } else {
                status.state = proof.state == .passed ? .passed : .failed
            }
        }
        return status
    }

    /// Languages whose samples a runner could run, and how a sentence names them. Data formats need no proof.
    private static let programmingLanguages: [String: String] = [
        "swift": "Swift", "kotlin": "Kotlin", "kt": "Kotlin", "java": "Java", "typescript": "TypeScript",
        "ts": "TypeScript", "tsx": "TypeScript", "javascript": "JavaScript", "js": "JavaScript", "python": "Python",
        "py": "Python", "go": "Go", "c": "C", "cpp": "C++", "rust": "Rust", "rs": "Rust", "sql": "SQL", "ruby": "Ruby",
        "php": "PHP", "csharp": "C#", "cs": "C#", "groovy": "Groovy", "scala": "Scala", "elixir": "Elixir",
    ]
}

/// How many checks are in which state.
struct ProofTally: Sendable, Hashable {
    var passed = 0
    var failed = 0
    var stale = 0
    var notRun = 0
    /// Samples that nothing could run; not among the checks.
    var samples = 0

    var checks: Int { passed + failed + stale + notRun }

    /// The state that the whole deserves; nil where there are no checks.
    var state: BlockState? {
        if failed > 0 { return .failed }
        if stale > 0 { return .stale }
        if notRun > 0 { return .notRun }
        return passed > 0 ? .passed : nil
    }

    mutating func add(_ status: BlockStatus) {
        guard status.isCheck else {
            samples += 1
            return
        }
        switch status.state {
        case .passed: passed += 1
        case .failed: failed += 1
        case .stale: stale += 1
        case .notRun: notRun += 1
        }
    }

    static func + (left: ProofTally, right: ProofTally) -> ProofTally {
        ProofTally(
            passed: left.passed + right.passed,
            failed: left.failed + right.failed,
            stale: left.stale + right.stale,
            notRun: left.notRun + right.notRun,
            samples: left.samples + right.samples
        )
    }

    /// `12 of 14 checks passed, 1 failed, 1 not run`.
    var sentence: String {
        guard checks > 0 else { return "No checks" }
        var text = "\(passed) of \(checks) \(checks == 1 ? "check" : "checks") passed"
        for (count, word) in [(failed, "failed"), (stale, "stale"), (notRun, "not run")] where count > 0 {
            text += ", \(count) \(word)"
        }
        return text
    }
}
