import Guides
import Proving
import TestSupport
import Testing

@Suite("Reading the checks of a guide")
struct ScenarioMakeTests {
    /// One block: sections `info` and `text`; then `steps` (`line status command`, continued by `|`, outputs behind `=`) or
    /// `diagnostics` (`line:column code message`).
    @Test("blocks", arguments: Case.load("scenarios/blocks.txt"))
    func blocks(_ example: Case) {
        var builder = GuideBuilder()
        let infos = example.sections.keys.filter { $0.hasPrefix("block") }.sorted()
        for info in infos {
            builder.fence(String(info.dropFirst(8)), example.text(info))
        }
        let (scenario, diagnostics) = Scenario.make(
            from: builder.guide(),
            runners: ["python": .init(command: "python3", file: "sample.py", tool: "python3")]
        )
        let steps = scenario.checks.flatMap(\.steps).flatMap { step -> [String] in
            let lines = step.command.split(separator: "\n", omittingEmptySubsequences: false)
            let command = ["\(step.line) \(step.status) \(lines[0])"] + lines.dropFirst().map { "| \($0)" }
            guard let expectation = step.expectation else { return command }
            let mode = expectation.mode == .exact ? "exactly" : expectation.mode.rawValue
            return command + ["= \(mode)"] + expectation.lines.map { "\($0.number) \($0.text)" }
        }
        let told = diagnostics.map { diagnostic in
            let start = diagnostic.range?.start ?? SourcePosition(line: 0, column: 0)
            return "\(start.line):\(start.column) \(diagnostic.code) \(diagnostic.message)"
        }
        #expect(steps == example.sections["steps", default: []])
        #expect(told == example.sections["diagnostics", default: []])
    }

    private func check(_ info: String, _ text: String = "$ true\n") throws -> Check {
        var builder = GuideBuilder()
        builder.fence("console name=first", "$ true\n")
        builder.fence(info, text)
        let (scenario, diagnostics) = Scenario.make(from: builder.guide())
        #expect(diagnostics == [])
        return try #require(scenario.checks.last)
    }

    @Test("attributes become the settings of a check")
    func settings() throws {
        let info =
            "console name=x timeout=1.5s session=b needs=first skip=no␣network engine=nats-server tool=curl,jq"
        let check = try check(info)
        #expect(check.timeout == .milliseconds(1_500))
        #expect(check.session == "b")
        #expect(check.needs == ["first"])
        #expect(check.skip == "no network")
        #expect(check.engine == "nats-server")
        #expect(check.tools == ["curl", "jq"])
        #expect(!check.serve)
    }

    @Test("a check without attributes has half a minute in the main session")
    func defaults() throws {
        let check = try check("console")
        #expect(check.timeout == .seconds(30))
        #expect(check.session == "main")
        #expect(check.needs == [] && check.ready == [] && check.tools == [] && check.engine == nil && check.skip == nil)
    }

    @Test("all the ways to say when a server is up")
    func readiness() throws {
        let ready =
            "tcp:4222,tcp:127.0.0.2:80,tcp:[::1]:81,http://localhost:8222/healthz,http:http://a/b,log:ready,␣set,go"
        let check = try check("console serve ready=" + ready)
        #expect(check.serve)
        #expect(
            check.ready == [
                .tcp(host: "127.0.0.1", port: 4222), .tcp(host: "127.0.0.2", port: 80), .tcp(host: "::1", port: 81),
                .http("http://localhost:8222/healthz"), .http("http://a/b"), .log("ready, set,go"),
            ]
        )
    }

    @Test("a directive holds for every block that does not say otherwise")
    func directives() throws {
        var builder = GuideBuilder()
        builder.fence("console", "$ one\n")
        builder.fence("console timeout=9s tool=jq", "$ two\n")
        let place = SourceRange(line: 1, column: 1)
        let directives = Attributes(
            [("timeout", "2m"), ("engine", "docker"), ("tool", "curl")].map {
                .init(key: $0.0, value: $0.1, keyRange: place, valueRange: place)
            }
        )
        let (scenario, diagnostics) = Scenario.make(from: builder.guide(directives: directives))
        #expect(diagnostics == [])
        #expect(scenario.checks.map(\.timeout) == [.seconds(120), .seconds(9)])
        #expect(scenario.checks.map(\.engine) == ["docker", "docker"])
        #expect(scenario.checks.map(\.tools) == [["curl"], ["curl", "jq"]])
    }

    @Test("the content hash depends on what is run and shown, not on where it stands")
    func contentHash() throws {
        func hash(_ info: String, _ text: String, expected: String? = nil, prose: String = "") throws -> String {
            var builder = GuideBuilder()
            if !prose.isEmpty { builder.prose(prose) }
            builder.fence(info, text)
            if let expected { builder.fence("text expect=x", expected) }
            let (scenario, _) = Scenario.make(from: builder.guide())
            return try #require(scenario.checks.first).contentHash
        }
        let base = try hash("sh name=x", "true\n")
        #expect(base.count == 64 && base.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        #expect(try hash("sh name=x", "true\n", prose: "moved down") == base)
        let others = [
            try hash("sh name=x", "false\n"), try hash("bash name=x", "true\n"), try hash("sh name=x exit=1", "true\n"),
            try hash("sh name=x", "true\n", expected: "a\n"), try hash("sh name=x", "true\n", expected: "b\n"),
        ]
        #expect(Set(others + [base]).count == others.count + 1)
    }

    @Test("a sample with a runner becomes a script that really runs it")
    func sample() async throws {
        var builder = GuideBuilder()
        builder.fence("python name=p", "print('hello', 6 * 7)\n")
        builder.fence("kotlin", "fun main() {}\n")
        let (scenario, diagnostics) = Scenario.make(
            from: builder.guide(),
            runners: ["python": .init(command: "cat {file} {dir}/sample.py", file: "sample.py", tool: "cat")]
        )
        #expect(diagnostics == [])
        #expect(scenario.checks.count == 1)
        let check = try #require(scenario.checks.first)
        #expect(check.tools == ["cat"])
        let step = try #require(check.steps.first)
        #expect(step.isScript)
        let result = try await runCommand(["bash", "-c", step.command])
        #expect(result.output == "print('hello', 6 * 7)\nprint('hello', 6 * 7)\n")
    }
}
