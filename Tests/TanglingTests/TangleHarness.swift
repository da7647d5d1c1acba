import Foundation
import Guides
import TestSupport
import Testing

@testable import Tangling

/// A project in a fresh folder that is tangled again and again.
struct TangleHarness {
    let folder: TemporaryDirectory
    var configuration = ProjectConfiguration()

    init(_ guides: [String: String]) throws {
        folder = try TemporaryDirectory()
        for (name, text) in guides { try folder.write("docs/" + name, text) }
    }

    func plan() async throws -> (plan: TanglePlan, diagnostics: [Diagnostic]) {
        let project = Project(root: folder.path, configuration: configuration)
        let (guides, problems) = await project.loadGuides()
        let (plan, diagnostics) = TanglePlan.make(from: guides, root: folder.path, configuration: configuration)
        return (plan, problems + diagnostics)
    }

    /// - Throws: ``DiagnosticsError`` where a guide has an error.
    func tangler() async throws -> Tangler {
        let (plan, diagnostics) = try await plan()
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        return try Tangler(root: folder.path, configuration: configuration, plan: plan)
    }

    @discardableResult
    func tangle(force: Bool = false, prune: Bool = false) async throws -> Tangler.Summary {
        try await tangler().write(force: force, prune: prune)
    }

    func drift() async throws -> [Drift] {
        try await tangler().compare()
    }

    /// Every file below the project's folder with its contents, mode and modification time, but for Launchpad's own memory.
    func snapshot() throws -> [String: FileState] {
        var states: [String: FileState] = [:]
        let paths = FileManager.default.enumerator(atPath: folder.path)
        while let path = paths?.nextObject() as? String {
            guard !path.hasPrefix(".launchpad/tangled") else { continue }
            var status = stat()
            guard lstat(folder.path + "/" + path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { continue }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            states[path] = FileState(
                contents: isLink ? [] : try FileBytes.read(folder.path + "/" + path),
                mode: UInt16(status.st_mode & 0o7777),
                seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec,
                inode: UInt64(status.st_ino)
            )
        }
        return states
    }
}

struct FileState: Hashable {
    var contents: [UInt8]
    var mode: UInt16
    var seconds: Int
    var nanoseconds: Int
    var inode: UInt64
}
