/// Paths joined the way Go's `path/filepath` joins them, because messages show the result.

/// The directory part of `path`; `.` when there is none.
func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return cleanedPath(String(path[...slash]))
}

/// `name` inside `directory`. An absolute `name` is inside it too, which is how nats-server reads `include "/etc/x"`.
func joinedPath(_ directory: String, _ name: String) -> String {
    if name.isEmpty {
        return cleanedPath(directory)
    }
    return cleanedPath(directory + "/" + name)
}

private func cleanedPath(_ path: String) -> String {
    let isRooted = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
        switch part {
        case ".":
            continue
        case "..":
            if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isRooted {
                parts.append(part)
            }
        default:
            parts.append(part)
        }
    }
    let joined = (isRooted ? "/" : "") + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
}
