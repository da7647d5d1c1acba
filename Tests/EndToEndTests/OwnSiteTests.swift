import Foundation
import TestSupport
import Testing

/// The site that this repository publishes about itself, from its own guides.
@Suite("The project's own site")
struct OwnSiteTests {
    /// What compressed pages and assets may weigh at most, in bytes.
    private static let limits: [(ending: String, bytes: Int)] = [(".html", 7168), (".css", 10240)]
    /// What is loaded before anybody searches.
    private static let scripts = (names: ["assets/page.", "assets/theme."], bytes: 10240)

    @Test("every page of a guide weighs at most 7 KB, the style and the scripts before a search at most 10 KB each")
    func weights() async throws {
        let repository = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized.path
        let site = try TemporaryDirectory()
        let result = try await runCommand(
            [launchpadExecutable, "build", "--root", repository, "--output", site.path])
        try #require(result.status == 0, "\(result.error)")
        var scripts = 0
        var pages = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: site.path) {
            // These hold as much as the files and what was proven so far, which is no guide's doing.
            if path.hasPrefix("files/") || path.hasPrefix("proof/") || path == "proof.html" { continue }
            let isScript = Self.scripts.names.contains(where: path.hasPrefix)
            let limit = Self.limits.first { path.hasSuffix($0.ending) }?.bytes
            guard isScript || limit != nil else { continue }
            let weight = try await runCommand(["sh", "-c", "gzip -9c \"$1\" | wc -c", "sh", site.path + "/" + path])
            let bytes = try #require(Int(weight.output.trimmingCharacters(in: .whitespacesAndNewlines)))
            if let limit { #expect(bytes <= limit, "\(path) weighs \(bytes) bytes") }
            if isScript { scripts += bytes }
            if path.hasSuffix(".html") { pages += 1 }
        }
        #expect(pages > 20)
        #expect(scripts > 0 && scripts <= Self.scripts.bytes)
    }
}
