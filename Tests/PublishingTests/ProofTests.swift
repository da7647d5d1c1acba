import Foundation
import Guides
import Proving
import Tangling
import Testing

@testable import Publishing

@Suite("Proofs on pages")
struct ProofTests {
    private func guide(shows output: String = "[..]\n") -> GuideMaker {
        var guide = GuideMaker("docs/index.md", title: "Guide")
        guide.add(Tree.heading(1, "Guide"))
        guide.console("greet", [("echo hello", output)])
        return guide
    }

    @Test("a passed check shows what was really printed, never the placeholders")
    func realOutput() async throws {
        let guide = guide()
        let html = try await SiteSource.sample([guide], proofs: [guide.proof(outputs: ["greet": ["hello\n"]])])
            .built("index.html")
        #expect(html.contains("<p class=\"proof is-passed\">"))
        #expect(html.contains("<a href=\"proof/index.html#block-greet\">Proof</a>"))
        #expect(html.contains("<b>Passed</b> <span>in 42 ms with Launchpad 0.1.0 (nats-server 2.15.1)</span>"))
        #expect(html.contains("<span class=\"out\">hello\n</span>"))
        #expect(!html.contains("[..]"))
        #expect(html.contains("1 of 1 check passed"))
        #expect(html.contains("<time datetime=\"2026-11-22T03:14:15Z\">22 Nov 2026, 03:14 UTC</time>"))
    }

    @Test("a block that shows no output shows none, and its transcript does")
    func statusOnly() async throws {
        let guide = guide(shows: "")
        let source = SiteSource.sample([guide], proofs: [guide.proof(outputs: ["greet": ["hello\n"]])])
        let html = try await source.built("index.html")
        #expect(!html.contains("<span class=\"out\">") && !html.contains("<b>echo hello</b>"))
        let evidence = try await source.built("proof/index.html")
        #expect(evidence.contains("id=\"block-greet\""))
        #expect(evidence.contains("<a href=\"../index.html#block-greet\">greet</a>"))
        #expect(evidence.contains("<b>echo hello</b>\nhello\n"))
        #expect(evidence.contains("<code>launchpad replay index#greet</code>"))
        #expect(evidence.contains("<span>Engine</span> Launchpad 0.1.0 (nats-server 2.15.1)"))
    }

    @Test("without a run every check is not run, and the guide's own text stands, placeholders marked")
    func noLedger() async throws {
        let html = try await SiteSource.sample([guide()]).built("index.html")
        #expect(html.contains("<p class=\"proof is-not-run\">"))
        #expect(html.contains("<b>Not run</b> <span>no run is recorded yet</span>"))
        #expect(html.contains("<span class=x>[..]</span>"))
        #expect(!html.contains("Passed"))
    }

    @Test("a block that changed since it ran is stale, and the old output is not shown as its own")
    func staleBlock() async throws {
        let guide = guide()
        var proof = guide.proof(outputs: ["greet": ["hello\n"]])
        proof.blocks[0].contentHash = "another"
        let html = try await SiteSource.sample([guide], proofs: [proof]).built("index.html")
        #expect(html.contains("<b>Stale</b> <span>the block has changed since it ran</span>"))
        #expect(!html.contains("<span class=\"out\">hello"))
        #expect(!html.contains("is-passed"))
    }

    @Test("a check whose files changed is stale")
    func staleInputs() async throws {
        let guide = guide()
        let html = try await SiteSource.sample([guide], proofs: [guide.proof(filesHash: "others")]).built("index.html")
        #expect(html.contains("<b>Stale</b> <span>the files that it uses have changed since it ran</span>"))
    }

    @Test("a check that another version ran is stale")
    func staleTool() async throws {
        let guide = guide()
        var source = SiteSource.sample([guide], proofs: [guide.proof()])
        source.tool = Ledger.Tool(name: "launchpad", version: "0.2.0")
        #expect(try await source.built("index.html").contains("it ran with launchpad 0.1.0, this is 0.2.0"))
        source.tool?.version = "0.1.0"
        #expect(try await source.built("index.html").contains("is-passed"))
    }

    @Test(
        "what did not run says why, and is never a proof",
        arguments: [ProofState.skipped, .blocked, .error]
    )
    func notRun(state: ProofState) async throws {
        let guide = guide()
        let html = try await SiteSource.sample([guide], proofs: [guide.proof(["greet": state])]).built("index.html")
        #expect(html.contains("<b>Not run</b> <span>because the test says so</span>"))
        #expect(html.contains("0 of 1 check passed, 1 not run"))
    }

    @Test("a failed check shows the difference line by line")
    func failed() async throws {
        let guide = guide(shows: "hello\n")
        var proof = guide.proof(["greet": .failed], outputs: ["greet": ["good day\n"]])
        proof.blocks[0].steps[0].mismatch = Mismatch(lines: [
            .init(side: .expected, text: "hello", guideLine: 3, outputLine: nil),
            .init(side: .actual, text: "good day", guideLine: nil, outputLine: 1),
        ])
        let source = SiteSource.sample([guide], proofs: [proof])
        #expect(try await source.built("index.html").contains("<b>Failed</b>"))
        let html = try await source.built("proof/index.html")
        #expect(html.contains("<b>Failed</b>"))
        #expect(html.contains("<del>- hello</del>\n<ins>+ good day</ins>"))
    }

    @Test("each state has its own icon and its own words")
    func distinct() {
        #expect(Set(BlockState.allCases.map(\.label)).count == 4)
        let icons = String(decoding: Theme.defaults["icons.mustache"] ?? [], as: UTF8.self)
        for state in BlockState.allCases {
            #expect(icons.contains("id=\"i-\(state.rawValue)\""))
        }
    }

    @Test("what the copy button takes is the command as it ran, prompts apart")
    func copyText() async throws {
        var guide = GuideMaker("docs/index.md")
        guide.console("multi", [("cat <<EOF\na < b\nEOF", "a < b\n"), ("echo 'it''s'", "")])
        let html = try await SiteSource.sample([guide]).built("index.html")
        let commands = html.matches(of: /(?s)<span class="cmd">(.*?)<\/span>\n(?=<span class="(?:out|cmd)"|<\/code>)/)
            .map { match in
                String(match.output.1)
                    .replacing(/<span class=p>.*?<\/span>/, with: "")
                    .replacing(/<[^>]*>/, with: "")
                    .replacing("&lt;", with: "<").replacing("&#39;", with: "'")
            }
        #expect(commands == ["cat <<EOF\na < b\nEOF", "echo 'it''s'"])
    }

    @Test("remarks between commands stay, and are no output")
    func remarks() {
        let block = GuideMaker.block("# first\n$ a\nout\n$ # then\n$ b\n> c\n$\n")
        let transcript = ConsoleTranscript(block, steps: nil)
        #expect(
            transcript.entries == [
                .remark("# first"), .command("a", output: "out\n", step: nil), .remark("$ # then"),
                .command("b\nc", output: "", step: nil), .remark("$"),
            ]
        )
    }

    @Test("what a script prints stands in the block that expects it")
    func scriptOutput() async throws {
        var guide = GuideMaker("docs/index.md")
        let script = guide.script("up", "echo up\n")
        guide.fence(.expectation, "text", "[..]\n", attributes: [("expect", "up")])
        #expect(script.steps[0].isScript)
        let html = try await SiteSource.sample([guide], proofs: [guide.proof(outputs: ["up": ["up\n"]])]).built(
            "index.html")
        #expect(html.contains("<span class=\"out\">up\n</span>"))
        #expect(!html.contains("[..]"))
    }

    @Test("a sample that nothing could run is not proven, and not counted among the checks")
    func samples() async throws {
        var guide = guide()
        guide.fence(.sample, "kotlin", "val x = 1\n")
        guide.fence(.sample, "yaml", "a: 1\n")
        let source = SiteSource.sample([guide], proofs: [guide.proof()])
        let html = try await source.built("index.html")
        #expect(html.contains("<b>Not run</b> <span>no runner for Kotlin is configured</span>"))
        #expect(html.contains("1 of 1 check passed"))
        #expect(html.ranges(of: "<b>Not run</b>").count == 1, "data needs no proof")
        #expect(try await source.built("proof.html").contains("1 sample not run"))
    }

    @Test("the proof page lists every guide, and what is not proven with its reason and place")
    func overview() async throws {
        let guide = guide()
        let html = try await SiteSource.sample([guide], proofs: [guide.proof(["greet": .skipped])]).built("proof.html")
        #expect(html.contains("<h2 id=\"not-proven\">Not proven</h2>"))
        #expect(html.contains("<a href=\"index.html#block-greet\">greet</a><small>docs/index.md:3</small>"))
        #expect(html.contains("because the test says so"))
        #expect(html.contains("id=\"guide-index\""))
    }

    @Test("a strict build names every block that is not passed, with its place")
    func strict() async throws {
        let guide = guide()
        let configuration = SiteConfiguration(isStrict: true)
        let bad = try await SiteSource.sample(
            [guide], proofs: [guide.proof(["greet": .failed])], configuration: configuration
        )
        .diagnostics()
        #expect(bad.map(\.code) == ["not-proven"])
        #expect(bad.first?.range?.start.line == 3)
        let good = try await SiteSource.sample([guide], proofs: [guide.proof()], configuration: configuration)
            .diagnostics()
        #expect(good.isEmpty)
    }

    @Test(
        "a file block says whether the file on disk matches",
        arguments: [("port: 1\n", "In step"), ("port: 2\n", "Drifted"), (nil, "Not written")] as [(String?, String)]
    )
    func fileBlock(onDisk: String?, label: String) async throws {
        var guide = GuideMaker("docs/a/index.md", title: "Guide")
        let block = guide.fence(.file, "conf", "port: 1\n", attributes: [("file", "ops/nats.conf")])
        let file = TangledFile(
            path: "ops/nats.conf",
            contents: Array("port: 1\n".utf8),
            guide: guide.path,
            parts: [.init(guide: guide.path, block: block.index, guideLine: block.contentLine, fileLines: 1..<2)]
        )
        let files = MemoryFiles(files: onDisk.map { ["ops/nats.conf": Array($0.utf8)] } ?? [:])
        let source = SiteSource.sample([guide], plan: [file], files: files)
        let html = try await source.built("a/index.html")
        #expect(html.contains("<b>\(label)</b>"))
        #expect(html.contains("href=\"../files/ops/nats.conf.html#L1\""))
        let page = try await source.built("files/ops/nats.conf.html")
        let origin = "<a class=\"gl\" href=\"../../a/index.html#block-file-1\" title=\"line 2 of the guide\">2</a>"
        #expect(page.contains("<span class=\"ln\" id=\"L1\"><a href=\"#L1\">1</a>\(origin)<span class=a>port</span>"))
        #expect(
            page.contains("From <a href=\"../../a/index.html#block-file-1\">Guide</a>, docs/a/index.md from line 2"))
    }

    @Test("the page of a generated file lists the checks that ran with it, and the proof page its config keys")
    func fileChecks() async throws {
        var guide = GuideMaker("docs/a.md", title: "Guide")
        let block = guide.fence(.file, "conf", "port: 1\n", attributes: [("file", "ops/nats.conf")])
        guide.console("works", [("true", "")])
        var reader = GuideMaker("docs/b.md", title: "Reader")
        reader.frontMatter.needs = ["docs/a.md"]
        reader.console("reads", [("true", "")])
        let file = TangledFile(
            path: "ops/nats.conf", contents: Array("port: 1\n".utf8), guide: guide.path,
            parts: [.init(guide: guide.path, block: block.index, guideLine: block.contentLine, fileLines: 1..<2)])
        let source = SiteSource.sample(
            [guide, reader], proofs: [guide.proof(), reader.proof(["reads": .failed])], plan: [file])
        let page = try await source.built("files/ops/nats.conf.html")
        #expect(page.contains("1 of 2 checks passed, 1 failed"))
        #expect(page.contains("<a href=\"../../b.html#block-reads\">b#reads</a>"))
        let proof = try await source.built("proof.html")
        #expect(
            proof.contains(
                "<code>port</code></td><td><a href=\"files/ops/nats.conf.html#L1\">ops/nats.conf, line 1</a>"))
    }

    @Test("checks that end differently on two engines are told apart, the same ones are not")
    func engines() async throws {
        var guide = GuideMaker("docs/a.md", title: "Guide")
        guide.console("same", [("true", "")])
        guide.console("differs", [("true", "")])
        var source = SiteSource.sample([guide], proofs: [guide.proof()])
        var ledger = try #require(source.ledger)
        source.history.record(ledger)
        ledger.engine = EngineIdentity(name: "nats-server", version: "nats-server 2.15.1")
        ledger.guides = [guide.proof(["differs": .failed])]
        source.history.record(ledger)
        #expect(source.history.differences.map(\.check) == ["docs/a.md#differs"])
        let proof = try await source.built("proof.html")
        #expect(proof.contains("<td>docs/a.md#differs</td>") && !proof.contains("<td>docs/a.md#same</td>"))
    }

    @Test(
        "durations and dates read well",
        arguments: [
            (0.4, "400 µs"), (42, "42 ms"), (1000, "1 s"), (1349, "1.3 s"), (61_000, "1 min 1 s"), (120_000, "2 min"),
        ]
    )
    func durations(milliseconds: Double, text: String) {
        #expect(Readable.duration(milliseconds: milliseconds) == text)
    }

    @Test("a date that is no date stays as it is")
    func oddDates() {
        #expect(Readable.date("2026-11-22T03:14:15.123Z") == "22 Nov 2026, 03:14 UTC")
        #expect(Readable.date("yesterday") == "yesterday")
        #expect(Readable.date("2026-13-22T03:14:15Z") == "2026-13-22T03:14:15Z")
    }
}
