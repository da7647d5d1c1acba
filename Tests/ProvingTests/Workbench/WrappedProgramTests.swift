import Foundation
import TestSupport
import Testing

@testable import Proving

@Suite("Finding the real program")
struct WrappedProgramTests {
    /// A project with a program that waits for its configuration, and a script of its name.
    private func script(_ text: String) throws -> (directory: TemporaryDirectory, path: String, real: String) {
        let directory = try TemporaryDirectory()
        let real = try #require(ExecutableSearch.find("cat"))
        try FileManager.default.createDirectory(atPath: directory.path + "/real", withIntermediateDirectories: true)
        let copy = directory.path + "/real/blocker"
        try FileManager.default.copyItem(atPath: real, toPath: copy)
        let path = try directory.write("bin/blocker", text.replacing("REAL", with: copy))
        chmod(path, 0o755)
        return (directory, path, copy)
    }

    @Test(
        "A script is seen through to what it starts, in its place or below it",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/exe"), "there is no /proc here"),
        arguments: ["#!/bin/sh\nexec REAL \"$@\"\n", "#!/bin/sh\nREAL \"$@\"\nexit $?\n"])
    func found(text: String) async throws {
        let (directory, path, real) = try script(text)
        #expect(WrappedProgram.find(behind: path) { [$0] } == real)
        try await waitUntil { try Processes.running(with: directory.path).isEmpty }
    }

    @Test("A script that starts nothing leads nowhere")
    func nothing() throws {
        let (_, path, _) = try script("#!/bin/sh\nexit 1\n")
        #expect(WrappedProgram.find(behind: path) { [$0] } == nil)
    }
}
