#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder with tangled files as it is on the disk.
struct OpsFolder {
    let root: String
    /// Relative to the root; empty for the root itself.
    let folder: String

    /// Calls `body` with the path, relative to the root, of every file in it. Links are not followed.
    func visitFiles(_ body: (String) -> Void) {
        visit(folder, body)
    }

    /// The paths, relative to the root, of all that lies directly in it.
    var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
        return names.sorted().map { folder.isEmpty ? $0 : folder + "/" + $0 }
    }

    private func visit(_ path: String, _ body: (String) -> Void) {
        let files = FileManager.default
        guard (try? files.destinationOfSymbolicLink(atPath: root + "/" + path)) == nil,
            let names = try? files.contentsOfDirectory(atPath: root + "/" + path)
        else {
            return
        }
        for name in names.sorted() where name != ".git" {
            let inner = path + "/" + name
            var isFolder = false
            guard files.fileExists(atPath: root + "/" + inner, isDirectory: &isFolder) else {
                continue
            }
            if isFolder {
                visit(inner, body)
            } else if (try? files.destinationOfSymbolicLink(atPath: root + "/" + inner)) == nil {
                body(inner)
            }
        }
    }
}
