#if canImport(Glibc)
import GoFormats
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A log file that begins anew when it has grown beyond a limit. Not sendable: it lives behind the log's lock.
///
/// What it says about that is written without the log, as in nats-server.
final class LogFile {
    private let path: String
    /// In bytes; 0 for none.
    private let limit: Int
    /// How many files are kept, this one included; 0 for all.
    private let maxFiles: Int
    private let showsTime: Bool
    private var descriptor: Int32
    private var size: Int

    /// Opens the file, at its end.
    ///
    /// - Throws: ``ServerLog/CannotOpen``.
    init(_ path: String, limit: Int, maxFiles: Int, showsTime: Bool) throws(ServerLog.CannotOpen) {
        self.path = path
        self.limit = limit
        self.maxFiles = maxFiles
        self.showsTime = showsTime
        descriptor = systemOpenForAppending(path)
        guard descriptor >= 0 else {
            throw .file(path, reason: systemErrorText(errno))
        }
        size = Int(lseek(descriptor, 0, SEEK_END))
        if limit > 0, size > limit { writeDirectly(.info, "Rotating logfile...", end: "\n") }
        rotateIfFull()
    }

    deinit {
        close(descriptor)
    }

    func write(_ line: String) {
        systemWriteAll(descriptor, line)
        size += line.utf8.count
        rotateIfFull()
    }

    private func writeDirectly(_ level: ServerLog.Level, _ text: String, end: String = "\r\n") {
        let time = showsTime ? WallClock.now().logText(utc: false) + " " : ""
        let line = "[\(getpid())] \(time)\(level.label) \(text)\(end)"
        systemWriteAll(descriptor, line)
        size += line.utf8.count
    }

    private func rotateIfFull() {
        guard limit > 0, size > limit else { return }
        let backup = path + "." + WallClock.now().fileStamp
        guard rename(path, backup) == 0 else { return }
        let fresh = systemOpenForAppending(path)
        guard fresh >= 0 else {
            _ = rename(backup, path)
            return
        }
        close(descriptor)
        descriptor = fresh
        size = 0
        writeDirectly(.info, "Rotated log, backup saved as \(GoText.quoted(backup))")
        if maxFiles > 0 { removeOldBackups() }
    }

    private func removeOldBackups() {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "./"
        let prefix = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + "."
        let backups = fileNames(in: folder).filter { name in
            name.hasPrefix(prefix) && WallClock.isFileStamp(name.dropFirst(prefix.count))
        }
        for name in backups.sorted().dropLast(maxFiles - 1) {
            if unlink(folder + name) != 0 {
                let reason = systemErrorText(errno)
                writeDirectly(
                    .error,
                    "Unable to remove backup log file \(GoText.quoted(name)) (\(reason)), will attempt next rotation")
                return
            }
            writeDirectly(.info, "Purged log file \(GoText.quoted(name))")
        }
    }
}

/// The names in a folder; none where it cannot be read.
private func fileNames(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        names.append(name)
    }
    return names
}

extension WallClock {
    /// `2026.01.02.15.04.05.123456789`, local time: what the name of a log that was put away ends with.
    fileprivate var fileStamp: String {
        let day = logText(utc: false).prefix(19)
        let fraction = String(nanoseconds % 1_000_000_000)
        let text = day.map { $0.isNumber ? $0 : "." }
        return String(text) + "." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }

    fileprivate static func isFileStamp(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.map(\.count) == [4, 2, 2, 2, 2, 2, 9] && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
    }
}
