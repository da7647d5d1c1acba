import Foundation
import TestSupport
import Testing

/// A copy of the fixture project in a fresh directory, and the built executable to work on it.
struct ProjectFixture {
    let directory: TemporaryDirectory
    static let guide = "docs/shop.md"
    /// The port of the guide's server. Where guides cannot be isolated it is the machine's own, and several tests run at once.
    let port: Int

    init() throws {
        directory = try TemporaryDirectory()
        port = try NATSServerProcess.freePort()
        let source = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/project/docs/shop.md")
        let text = String(decoding: try Data(contentsOf: source), as: UTF8.self)
        try directory.write(Self.guide, text.replacingOccurrences(of: "4222", with: String(port)))
    }

    /// A copy of another folder of the fixtures.
    init(copying folder: String) throws {
        directory = try TemporaryDirectory()
        port = try NATSServerProcess.freePort()
        let source = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(folder)").path
        for name in try FileManager.default.contentsOfDirectory(atPath: source) {
            try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(directory.path)/\(name)")
        }
    }

    /// Every file, link and folder of the project with its contents.
    func tree() throws -> [String: Data] {
        var tree: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
            tree[path] = FileManager.default.contents(atPath: "\(directory.path)/\(path)") ?? Data()
        }
        return tree
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: "\(directory.path)/\(path)")
    }

    /// Runs `launchpad` with `arguments` in the project.
    func launchpad(_ arguments: String...) async throws -> CommandResult {
        try await runCommand([launchpadExecutable] + arguments, in: directory.path)
    }

    /// Replaces `old`, which stands there once, by `new` in a file.
    func edit(in file: String = guide, _ old: String, _ new: String) throws {
        let text = try directory.read(file)
        try #require(text.components(separatedBy: old).count == 2, "\(old) stands once in \(file)")
        try directory.write(file, text.replacingOccurrences(of: old, with: new))
    }

    /// The number of the first line of the guide that contains `text`.
    func line(of text: String) throws -> Int {
        let lines = try directory.read(Self.guide).components(separatedBy: "\n")
        return try #require(lines.firstIndex { $0.contains(text) }) + 1
    }
}
