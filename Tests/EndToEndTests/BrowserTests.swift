import Foundation
import TestSupport
import Testing

/// The published site as its readers have it: in a browser. `Fixtures/browser/checks.py` drives a headless Chromium.
@Suite("The site in a browser", .serialized)
struct BrowserTests {
    private static let chromium = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].contains(
        where: isOnPath)

    private static func isOnPath(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
        }
    }

    @Test(
        "it is accessible, searched, used by mouse and keyboard, and read without scripts, under a strict policy",
        .enabled(if: chromium, "there is no Chromium on the path"))
    func drives() async throws {
        let project = try await published()
        let checks = Bundle.module.bundleURL.appending(path: "Fixtures/browser/checks.py").path
        let axe = try #require(try await axe(), "Scripts/install-dependencies.sh test installs axe-core")
        var command = ["python3", checks, project.directory.path + "/site/public", axe]
        if let folder = ProcessInfo.processInfo.environment["SCREENSHOTS"] {
            command.append(folder)
        }
        let result = try await runCommand(command, in: project.directory.path)
        #expect(result.status == 0, "\(result.output)\(result.error)")
        #expect(result.output.components(separatedBy: "\n").filter { $0.hasPrefix("ok ") }.count == 13)
    }

    @Test("every page is valid HTML", .enabled(if: isOnPath("tidy"), "there is no tidy"))
    func valid() async throws {
        let project = try await published()
        let pages = try project.tree().keys.filter { $0.hasPrefix("site/public/") && $0.hasSuffix(".html") }
        #expect(pages.count >= 8)
        for page in pages.sorted() {
            let result = try await runCommand(
                ["tidy", "-quiet", "-errors", "--gnu-emacs", "yes", page], in: project.directory.path)
            let errors = result.error.components(separatedBy: "\n").filter { $0.contains("Error:") }
            #expect(errors.isEmpty, "\(page): \(errors)")
        }
    }

    private func published() async throws -> ProjectFixture {
        let project = try ProjectFixture(copying: "site")
        for command in ["tangle", "check", "build"] {
            let result = try await project.launchpad(command)
            try #require(result.status == 0, "\(command): \(result.error)")
        }
        return project
    }

    /// The script of axe-core, from the package that brings it.
    private func axe() async throws -> String? {
        let code =
            "import importlib.util as u; print(u.find_spec('axe_playwright_python').submodule_search_locations[0])"
        let result = try await runCommand(["python3", "-c", code])
        return result.status == 0
            ? result.output.trimmingCharacters(in: .newlines) + "/axe.min.js" : nil
    }
}
