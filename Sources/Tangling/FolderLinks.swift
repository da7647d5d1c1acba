import Guides

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes sure that a path stays inside the project on the disk, too, where the folders above it may be links.
struct FolderLinks {
    private let root: String
    private let realRoot: String
    private let rules: PathRules
    private var known: [String: (message: String, help: String)?] = [:]

    init(root: String, rules: PathRules) {
        self.root = root
        realRoot = realPath(root) ?? root
        self.rules = rules
    }

    /// What is wrong with the folders above `path`; nil where they are folders inside the project, or not there yet.
    mutating func problem(above path: String) -> (message: String, help: String)? {
        guard let slash = path.lastIndex(of: "/") else {
            return nil
        }
        let folder = String(path[..<slash])
        if let answer = known[folder] {
            return answer
        }
        let answer = problem(above: folder) ?? problem(with: folder, of: path)
        known[folder] = .some(answer)
        return answer
    }

    private func problem(with folder: String, of path: String) -> (message: String, help: String)? {
        FileTrace.note(root + "/" + folder, .presence)
        var status = stat()
        guard lstat(root + "/" + folder, &status) == 0 else {
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            return nil
        case S_IFLNK:
            guard let target = realPath(root + "/" + folder) else {
                return ("\"\(path)\" cannot be written: \"\(folder)\" is a link that leads nowhere", "remove the link")
            }
            let prefix = realRoot == "/" ? "/" : realRoot + "/"
            guard target.hasPrefix(prefix) else {
                return (
                    "\"\(path)\" leaves the project: \"\(folder)\" is a symbolic link that leads out of it",
                    "remove the link, or choose another path"
                )
            }
            // The link must not lead to a place that the path itself could not name, either.
            return rules.problem(with: String(target.dropFirst(prefix.utf8.count)) + path.dropFirst(folder.utf8.count))
        default:
            return (
                "\"\(path)\" cannot be written: \"\(folder)\" is a file on the disk, and would have to be a folder",
                "move it away, or choose another path"
            )
        }
    }
}
