import Foundation
import TestSupport
import Testing

@Suite("launchpad lsp, as editors speak with it")
struct LanguageServerTests {
    @Test("a session over the real protocol, with a client that is not ours")
    func session() async throws {
        let project = try ProjectFixture()
        let client = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/lsp/client.py").path
        let result = try await runCommand(["python3", client, launchpadExecutable, project.directory.path])
        #expect(result.status == 0, "\(result.output)\(result.error)")
        #expect(result.output == "the session went as an editor expects\n")
    }

    @Test("an editor that goes away, or that speaks another protocol, ends the server")
    func ends() async throws {
        let project = try ProjectFixture()
        let silent = try await project.launchpad("lsp")
        #expect(silent.status == 1)
        let other = try await runCommand(
            [launchpadExecutable, "lsp"], in: project.directory.path, input: "GET / HTTP/1.1\r\n\r\n")
        #expect(other.status == 3)
        #expect(other.error.contains("begins with \"Content-Length: N\""))
    }
}
