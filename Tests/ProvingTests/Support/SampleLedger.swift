import Proving

/// A run in which everything happened that can happen.
enum SampleLedger {
    static let hash = String(repeating: "0a", count: 32)

    static var ledger: Ledger {
        Ledger(
            tool: .init(name: "launchpad", version: "0.1.0"),
            engine: .init(name: "bundled", version: "Launchpad 0.1.0 (nats-server 2.15.1)"),
            isolation: "bubblewrap 0.8.0",
            startedAt: "2026-11-22T03:22:23Z",
            durationMilliseconds: 63_400,
            guides: [first, second]
        )
    }

    private static var first: GuideProof {
        GuideProof(
            path: "docs/a.md",
            title: "A",
            state: .passed,
            startedAt: "2026-11-22T03:22:23Z",
            durationMilliseconds: 1_234,
            inputHash: hash,
            cached: false,
            blocks: [block("good", 3, .passed), block("more", 9, .passed)]
        )
    }

    private static var second: GuideProof {
        let mismatch = Mismatch(
            lines: [
                .init(side: .both, text: "same", guideLine: 13, outputLine: 1),
                .init(side: .expected, text: "shown <&> ", guideLine: 14, outputLine: nil),
                .init(side: .actual, text: "printed, 100%: \u{1}", guideLine: nil, outputLine: 2),
            ],
            note: "[x] stands for \"5\" here"
        )
        let failed = StepProof(
            command: "cat <<END\nx\nEND",
            line: 12,
            status: 0,
            output: "same\nprinted\n",
            durationMilliseconds: 3,
            state: .failed,
            mismatch: mismatch
        )
        let crashed = StepProof(
            command: "false",
            line: 20,
            status: 1,
            output: "why\n",
            truncated: true,
            durationMilliseconds: 3,
            state: .failed
        )
        return GuideProof(
            path: "docs/b,c.md",
            title: "B",
            state: .error,
            startedAt: "2026-11-22T03:22:23Z",
            durationMilliseconds: 70,
            inputHash: hash,
            cached: true,
            blocks: [
                block("differs", 11, .failed, "the output differs", [failed]),
                block("crashes", 19, .failed, nil, [crashed]),
                block("waits", 25, .blocked, "it needs \"differs\", which failed"),
                block("later", 30, .skipped, "no network # here"),
                block("broken", 35, .error, "the port 4222 is taken"),
            ]
        )
    }

    static func block(
        _ name: String,
        _ line: Int,
        _ state: ProofState,
        _ reason: String? = nil,
        _ steps: [StepProof] = []
    ) -> BlockProof {
        BlockProof(
            name: name,
            index: line,
            kind: "console",
            line: line,
            state: state,
            reason: reason,
            durationMilliseconds: 12,
            contentHash: hash,
            steps: steps
        )
    }

    /// The events of that run, as a runner sends them.
    static var events: [RunEvent] {
        var events: [RunEvent] = [
            .runStarted(
                guides: ledger.guides.map { ($0.path, $0.blocks.count) },
                engine: ledger.engine,
                isolation: ledger.isolation
            )
        ]
        for guide in ledger.guides {
            events.append(.guideStarted(path: guide.path))
            for block in guide.blocks {
                events.append(.blockStarted(guide: guide.path, block: block.name, line: block.line))
                events.append(.blockFinished(guide: guide.path, proof: block))
            }
            events.append(.guideFinished(guide))
        }
        return events + [.runFinished(ledger)]
    }
}
