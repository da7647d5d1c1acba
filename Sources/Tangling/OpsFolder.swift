import Guides

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder with tangled files as it is on the disk.
struct OpsFolder {
    let root: String
    /// Relative to the root; empty for the root itself.
    let folder: String

    /// Calls `body` with the path, relative to the root, of every file in it. Links are not followed.
    func visitFiles(_ body: (String) -> Void) {
        guard !isLink(root + "/" + folder) else {
            return
        }
        visit(folder, body)
    }

    /// The paths, relative to the root, of all that lies directly in it.
    var files: [String] {
        let entries = (try? FolderEntry.all(in: root + "/" + folder)) ?? []
        return entries.map { folder.isEmpty ? $0.name : folder + "/" + $0.name }
    }

    private func visit(_ path: String, _ body: (String) -> Void) {
        guard let entries = try? FolderEntry.all(in: root + "/" + path) else {
            return
        }
        for entry in entries where entry.name != ".git" {
            switch entry.kind {
            case .folder: visit(path + "/" + entry.name, body)
            case .file: body(path + "/" + entry.name)
            case .link: break
            }
        }
    }

    private func isLink(_ path: String) -> Bool {
        FileTrace.note(path, .presence)
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
