package import Guides

/// The executable side of one guide: its checks in document order, ready for a workbench.
package struct Scenario: Sendable {
    package var guide: Guide
    package var checks: [Check]

    package init(guide: Guide, checks: [Check]) {
        self.guide = guide
        self.checks = checks
    }
}

/// One executable block with its expectation.
package struct Check: Sendable, Hashable {
    package var block: Block
    /// The terminal it is typed into; `main` unless `session=` says otherwise.
    package var session: String
    package var steps: [Step]
    /// Names of the blocks without which it makes no sense (`needs=a,b`).
    package var needs: [String]
    /// The author's reason not to run it (`skip=`).
    package var skip: String?
    /// How long each command may take.
    package var timeout: Duration
    /// True when its (only) command is left running in the background until the guide ends.
    package var serve: Bool
    /// When to go on after a `serve` command, all of them.
    package var ready: [Readiness]
    /// Whether its commands have a terminal, at which questions are answered as the guide shows (`terminal`).
    package var isTyped: Bool
    /// Tools that must be on the path (`tool=`); without one the check is skipped, with that reason.
    package var tools: [String]
    /// How it is run, for a sample.
    package var runner: ProjectConfiguration.Runner?
    /// The only engine that it runs on (`engine=`), or nil.
    package var engine: String?
    /// SHA-256 over language, attributes, text and expectation, in lower-case hexadecimal.
    package var contentHash: String

    package init(
        block: Block,
        session: String = "main",
        steps: [Step],
        needs: [String] = [],
        skip: String? = nil,
        timeout: Duration = .seconds(30),
        serve: Bool = false,
        ready: [Readiness] = [],
        isTyped: Bool = false,
        tools: [String] = [],
        runner: ProjectConfiguration.Runner? = nil,
        engine: String? = nil,
        contentHash: String
    ) {
        self.block = block
        self.session = session
        self.steps = steps
        self.needs = needs
        self.skip = skip
        self.timeout = timeout
        self.serve = serve
        self.ready = ready
        self.isTyped = isTyped
        self.tools = tools
        self.runner = runner
        self.engine = engine
        self.contentHash = contentHash
    }
}

/// One command and what it must do.
package struct Step: Sendable, Hashable {
    /// What is given to the shell, continuation lines joined by `\n`; for a script block the whole script.
    package var command: String
    /// The line of the guide on which it starts.
    package var line: Int
    /// The exit status that is expected.
    package var status: Int
    /// What it must print; nil asserts the status alone.
    package var expectation: Expectation?
    /// True for a script block: run by a fresh `bash` under `set -euo pipefail`, not typed into the session.
    package var isScript: Bool

    package init(command: String, line: Int, status: Int = 0, expectation: Expectation?, isScript: Bool = false) {
        self.command = command
        self.line = line
        self.status = status
        self.expectation = expectation
        self.isScript = isScript
    }
}
