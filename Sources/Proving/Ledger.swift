/// All the proofs of one run: what `launchpad check` found out, with its evidence.
///
/// Written as `.launchpad/ledger.json` and published as `proofs.json`; its JSON Schema is `docs/ledger.schema.json`.
/// Dates are ISO 8601 in UTC, durations milliseconds, hashes lower-case hexadecimal SHA-256.
package struct Ledger: Codable, Sendable, Hashable {
    /// The version of this document's shape. Raised when a field changes its meaning.
    package static let currentVersion = 1

    package var version: Int
    package var tool: Tool
    package var engine: EngineIdentity
    /// How the guides were kept apart: `bubblewrap 0.8.0`, or `none` where they ran one after another on real ports.
    package var isolation: String
    package var startedAt: String
    package var durationMilliseconds: Double
    /// The part of the guides that was checked, where the run was one of several; nil for a run of all of them.
    package var shard: Shard?
    /// In the order of their paths.
    package var guides: [GuideProof]

    package struct Tool: Codable, Sendable, Hashable {
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    package init(
        version: Int = Ledger.currentVersion,
        tool: Tool,
        engine: EngineIdentity,
        isolation: String,
        startedAt: String,
        durationMilliseconds: Double,
        shard: Shard? = nil,
        guides: [GuideProof]
    ) {
        self.version = version
        self.tool = tool
        self.engine = engine
        self.isolation = isolation
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.shard = shard
        self.guides = guides
    }
}

/// What stood behind the commands of a run.
package struct EngineIdentity: Codable, Sendable, Hashable {
    /// `bundled`, `nats-server` or `docker`.
    package var name: String
    /// What the engine calls itself: `Launchpad 0.1.0 (nats-server 2.15.1)`.
    package var version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// What became of a check. A proof is never stronger than what was run: only `passed` is a proof.
package enum ProofState: String, Codable, Sendable, Hashable, CaseIterable {
    case passed
    case failed
    /// Not run, because a block that it needs, or an earlier block of its session, failed.
    case blocked
    /// Not run, because its author or the machine says so; the reason is in the proof.
    case skipped
    /// Launchpad could not run it: no shell, a service that never became ready, a sandbox that broke.
    case error
}

/// What became of one guide.
package struct GuideProof: Codable, Sendable, Hashable {
    package var path: String
    package var title: String
    /// The worst state of its blocks, `skipped` ones left out; `skipped` if it has nothing that ran.
    package var state: ProofState
    /// Why, where the guide as a whole could not run.
    package var reason: String?
    package var startedAt: String
    package var durationMilliseconds: Double
    /// Hash of everything that could change the outcome: blocks, files, engine and its version, tools.
    package var inputHash: String
    /// Hash of the files that the guide's blocks ran with, the same on every machine; nil in ledgers of other tools.
    package var filesHash: String?
    /// True when this proof was taken from the cache; `startedAt` says when it was really run.
    package var cached: Bool
    /// What stood in for the images of its services; nil where it has started none.
    package var standIns: [StandInProof]?
    package var blocks: [BlockProof]

    package init(
        path: String,
        title: String,
        state: ProofState,
        reason: String? = nil,
        startedAt: String,
        durationMilliseconds: Double,
        inputHash: String,
        filesHash: String? = nil,
        cached: Bool = false,
        standIns: [StandInProof]? = nil,
        blocks: [BlockProof]
    ) {
        self.path = path
        self.title = title
        self.state = state
        self.reason = reason
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.inputHash = inputHash
        self.filesHash = filesHash
        self.cached = cached
        self.standIns = standIns
        self.blocks = blocks
    }
}

/// What stood in for the image of a service: a proof is one of this program, and of the image only where it `matches`.
package struct StandInProof: Codable, Sendable, Hashable {
    /// The service, or the container.
    package var name: String
    /// As the compose file has it: `postgres:16-alpine`.
    package var image: String
    /// What was run: `PostgreSQL 15.18 of this machine`.
    package var servedBy: String
    /// True where that is the very software and version that the image's tag asks for.
    package var matches: Bool

    package init(name: String, image: String, servedBy: String, matches: Bool) {
        self.name = name
        self.image = image
        self.servedBy = servedBy
        self.matches = matches
    }
}

/// What became of one console block, script block or runnable sample.
package struct BlockProof: Codable, Sendable, Hashable {
    /// The block's name, unique in its guide.
    package var name: String
    /// Index in the guide's blocks when it was run.
    package var index: Int
    package var kind: String
    /// The line of the opening fence when it was run.
    package var line: Int
    package var state: ProofState
    /// Why it is not `passed`, in one sentence.
    package var reason: String?
    package var durationMilliseconds: Double
    /// Hash of the block's language, attributes, text and expectation.
    package var contentHash: String
    /// The commands in order; those that were not reached are left out.
    package var steps: [StepProof]

    package init(
        name: String,
        index: Int,
        kind: String,
        line: Int,
        state: ProofState,
        reason: String? = nil,
        durationMilliseconds: Double = 0,
        contentHash: String,
        steps: [StepProof] = []
    ) {
        self.name = name
        self.index = index
        self.kind = kind
        self.line = line
        self.state = state
        self.reason = reason
        self.durationMilliseconds = durationMilliseconds
        self.contentHash = contentHash
        self.steps = steps
    }
}

/// One command that was run, with what it really printed.
package struct StepProof: Codable, Sendable, Hashable {
    /// The command as written, continuation lines joined by `\n`. For a script block the whole script.
    package var command: String
    /// The line of the guide on which the command starts.
    package var line: Int
    package var expectedStatus: Int
    /// The exit status; 128 + N for signal N; nil for a command that was left running (`serve`) or timed out.
    package var status: Int?
    /// Standard output and standard error as a terminal would show them, colours and carriage returns stripped.
    package var output: String
    /// True when the command printed more than is kept.
    package var truncated: Bool
    package var durationMilliseconds: Double
    package var state: ProofState
    /// How the output differs from what the guide shows; nil where it does not.
    package var mismatch: Mismatch?

    package init(
        command: String,
        line: Int,
        expectedStatus: Int = 0,
        status: Int?,
        output: String,
        truncated: Bool = false,
        durationMilliseconds: Double,
        state: ProofState,
        mismatch: Mismatch? = nil
    ) {
        self.command = command
        self.line = line
        self.expectedStatus = expectedStatus
        self.status = status
        self.output = output
        self.truncated = truncated
        self.durationMilliseconds = durationMilliseconds
        self.state = state
        self.mismatch = mismatch
    }
}

/// How a command's output differs from what its guide shows, line by line.
package struct Mismatch: Codable, Sendable, Hashable {
    package enum Side: String, Codable, Sendable, Hashable {
        /// The same on both sides, or matched by a placeholder.
        case both
        /// In the guide, and not printed.
        case expected
        /// Printed, and not in the guide.
        case actual
    }

    package struct Line: Codable, Sendable, Hashable {
        package var side: Side
        package var text: String
        /// The line of the guide; nil for lines that only the command printed.
        package var guideLine: Int?
        /// The line of the output, from 1; nil for lines that only the guide has.
        package var outputLine: Int?

        package init(side: Side, text: String, guideLine: Int?, outputLine: Int?) {
            self.side = side
            self.text = text
            self.guideLine = guideLine
            self.outputLine = outputLine
        }
    }

    package var lines: [Line]
    /// What the lines alone don't tell: the JSON path that differs, or the value that a placeholder had before.
    package var note: String?

    package init(lines: [Line], note: String? = nil) {
        self.lines = lines
        self.note = note
    }
}
