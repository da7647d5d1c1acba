#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What tells a file or folder from what it was before, without reading it.
package struct FileState: Sendable {
    /// What about a path matters.
    package enum Kind: String, Sendable {
        /// What is in the file, or which entries the folder has.
        case contents
        /// Whether there is a file, a folder or a link, and where that leads.
        case presence
    }

    /// Equal texts mean that nothing has changed, unless ``isDoubtful``. It holds no blanks.
    package let text: String
    /// Whether it was changed so shortly before it was looked at that a change right afterwards could bear the same time.
    package let isDoubtful: Bool

    /// How long a clock of a file system may stand still, in nanoseconds: some count whole seconds, or two.
    private static let fineTick = 50_000_000
    private static let coarseTick = 2_000_000_000

    /// The state of what is at `path` now.
    package init(of path: String, _ kind: Kind) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            // Also where it cannot be reached: as far as one can see there is nothing.
            text = "-"
            isDoubtful = false
            return
        }
        var text = Self.text(status, kind)
        var isDoubtful = kind == .contents && Self.isFresh(status)
        if status.st_mode & S_IFMT == S_IFLNK {
            if stat(path, &status) == 0 {
                text += ">" + Self.text(status, kind)
                isDoubtful = kind == .contents && (isDoubtful || Self.isFresh(status))
            } else {
                text += ">-"
            }
        }
        self.text = text
        self.isDoubtful = isDoubtful
    }

    private static func text(_ status: stat, _ kind: Kind) -> String {
        let identity = "\(status.st_mode).\(status.st_dev).\(status.st_ino)"
        guard kind == .contents else { return identity }
        let (modified, changed) = times(status)
        return "\(identity).\(status.st_size).\(modified).\(changed)"
    }

    private static func isFresh(_ status: stat) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let (modified, changed) = times(status)
        let last = max(modified, changed)
        let tick = modified % 1_000_000_000 == 0 || changed % 1_000_000_000 == 0 ? coarseTick : fineTick
        return nanoseconds(now) - last < tick
    }

    /// When the contents, and when anything about the file was changed last, in nanoseconds. The latter nobody can set back.
    private static func times(_ status: stat) -> (modified: Int, changed: Int) {
        #if canImport(Darwin)
        (nanoseconds(status.st_mtimespec), nanoseconds(status.st_ctimespec))
        #else
        (nanoseconds(status.st_mtim), nanoseconds(status.st_ctim))
        #endif
    }

    private static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec) }
}
