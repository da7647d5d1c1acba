import Foundation
import TestSupport
import Testing

@Suite("Runners of samples, with folders, probes and reasons")
struct RunnerTests {
    private let project: ProjectFixture

    init() async throws {
        project = try ProjectFixture(copying: "runners")
        _ = try await project.launchpad("tangle")
    }

    private func check() async throws -> CommandResult {
        try await project.launchpad("check", "--format", "json")
    }

    /// State and reason of the block in the last run.
    private func proof(_ name: String, in result: CommandResult) throws -> (state: String?, reason: String?) {
        let ledger = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let guides = try #require(ledger["guides"] as? [[String: Any]])
        let blocks = guides.flatMap { $0["blocks"] as? [[String: Any]] ?? [] }
        let block = try #require(blocks.first { $0["name"] as? String == name }, "\(result.output)\(result.error)")
        return (block["state"] as? String, block["reason"] as? String)
    }

    @Test("a sample finds its runner's folder, which nothing in the sandbox can change")
    func folder() async throws {
        let result = try await check()
        let sample = try proof("words", in: result)
        #expect(sample.state == "passed", "\(sample.reason ?? "")")
    }

    @Test("without the folder a sample and what needs it are not run, for the reason that the project gives")
    func missingFolder() async throws {
        try project.remove("tools")
        let result = try await check()
        #expect(result.status == 0)
        #expect(try proof("words", in: result) == ("skipped", "not run: the words are not installed"))
        #expect(try proof("more", in: result).reason?.hasPrefix("needs \"words\", which was not run") == true)
    }

    @Test("where the probe fails samples are not run; it is asked in the sandbox, with the folder")
    func probe() async throws {
        try project.remove("tools/ready")
        let result = try await check()
        #expect(try proof("words", in: result) == ("skipped", "not run: the words are not installed"))
        try project.edit(in: "launchpad.yml", "    missing: the words are not installed\n", "")
        let bare = try await check()
        #expect(try proof("words", in: bare).reason == "not run: the probe of words ended with exit status 1")
    }

    @Test("a variable of the environment says where the folder is")
    func variable() async throws {
        let elsewhere = try TemporaryDirectory()
        try elsewhere.write("ready", "")
        try elsewhere.write("say", "echo \"said elsewhere: $(cat \"$1\")\"\n")
        let result = try await runCommand(
            [launchpadExecutable, "check", "--format", "json"], in: project.directory.path,
            environment: ["WORDS_FOLDER": elsewhere.path])
        #expect(result.status == 1)
        #expect(result.output.contains("said elsewhere: two words"))
    }

    @Test("a proof is made anew when the folder changes, when it comes and when it goes, and why tells so")
    func cache() async throws {
        _ = try await check()
        #expect(try await project.launchpad("why", "words").output.contains("Not run again"))
        try project.directory.write("tools/say", "# Newer.\necho \"said: $(cat \"$1\")\"\n")
        let why = try await project.launchpad("why", "words")
        #expect(why.output.contains("the folder ${WORDS_FOLDER:-tools} has changed, from "), "\(why.output)")
        #expect(why.output.contains("  folder: ${WORDS_FOLDER:-tools}\n"))
        #expect(try proof("words", in: try await check()).state == "passed")
        try project.remove("tools")
        #expect(try proof("words", in: try await check()).state == "skipped")
    }

    @Test("doctor tells the folders that runners miss, with the first place that needs them")
    func doctor() async throws {
        try project.remove("tools")
        let result = try await project.launchpad("doctor")
        #expect(
            result.output.contains(
                "tools        not there; the words are not installed; its examples are not run: docs/a.md:3"),
            "\(result.output)")
    }
}
