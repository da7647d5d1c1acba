import SystemPackage

#if canImport(Glibc)
package import Glibc
#elseif canImport(Musl)
package import Musl
#else
package import Darwin
#endif

/// Directories that Launchpad needs for its own work.
package enum Folder {
    /// Makes `path` and the directories above it, as far as they are missing.
    ///
    /// - Throws: ``CouldNotRun`` with the directory that could not be made and the system's reason.
    package static func make(_ path: String, mode: mode_t = 0o755) throws(CouldNotRun) {
        if mkdir(path, mode) == 0 { return }
        let error = errno
        var information = stat()
        switch error {
        case EEXIST where stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR:
            return
        case ENOENT:
            let parent = parent(of: path)
            guard !parent.isEmpty, parent != path else { break }
            try make(parent)
            if mkdir(path, mode) == 0 || errno == EEXIST { return }
        default:
            break
        }
        throw CouldNotRun("the folder \(path) cannot be made: \(Errno(rawValue: error))", help: help(error))
    }

    /// Everything before the last `/`.
    package static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// What to do about a failure to write.
    static func help(_ error: Int32) -> String? {
        switch error {
        case EACCES, EPERM: "allow yourself to write there"
        case EROFS: "the file system is read-only; work on a copy of the project"
        case ENOSPC, EDQUOT: "the disk is full; make room and run it again"
        case EEXIST, ENOTDIR: "a file is in the way; move it"
        default: nil
        }
    }
}
