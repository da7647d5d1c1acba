#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The temporary directory of one `launchpad check`, with the workspaces of its guides in it.
///
/// A small process of its own stands by and removes the directory when the run is killed; see ``RunJanitor``. Should that be
/// killed, too: the directory holds a locked file for as long as its run is alive, and the system takes the lock away even
/// from a run that is killed. So the next run knows which directories nobody needs any more, and removes them.
package final class RunDirectory: Sendable {
    let path: String
    private let lock: Int32
    private let janitor: RunJanitor?

    /// Makes a fresh directory, and removes those of dead runs.
    init() throws {
        let parent = "\(Self.temporary)/launchpad-\(getuid())"
        do {
            try Folder.make(parent, mode: 0o700)
        } catch {
            throw CouldNotRun(error.message, help: "set TMPDIR to a directory that you can write to")
        }
        // Somebody else's directory of that name is not to be trusted.
        var information = stat()
        guard lstat(parent, &information) == 0, information.st_uid == getuid(), information.st_mode & S_IFMT == S_IFDIR
        else {
            throw CouldNotRun("\(parent) belongs to somebody else", help: "set TMPDIR to a directory of your own")
        }
        // One at a time: between a directory's making and its lock, another process would take it for a dead one's.
        let gate = try? Descriptor.open(parent, O_RDONLY)
        if let gate { flock(gate, LOCK_EX) }
        defer { if let gate { Descriptor.close(gate) } }
        Self.removeDead(in: parent)
        var template = Array("\(parent)/run-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let error = errno
            throw CouldNotRun(
                "no temporary directory can be made in \(parent): \(Errno(rawValue: error))",
                help: Folder.help(error) ?? "set TMPDIR to a directory that you can write to"
            )
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(Errno) {
            lock = try Descriptor.open("\(path)/lock", O_RDWR | O_CREAT)
        } catch {
            rmdir(path)
            throw CouldNotRun("\(path)/lock cannot be made: \(error)", help: Folder.help(error.rawValue))
        }
        _ = flock(lock, LOCK_EX | LOCK_NB)
        janitor = RunJanitor(of: path)
    }

    /// Removes the directory. To be called once, when nobody uses it any more; not left to the last reference, which may
    /// outlive the run by a moment that the process no longer has.
    func end() {
        Self.remove(path)
        janitor?.dismiss()
        Descriptor.close(lock)
    }

    /// Removes a tree, also where a command took its own permissions away.
    package static func remove(_ path: String) {
        let files = FileManager.default
        if (try? files.removeItem(atPath: path)) != nil || !files.fileExists(atPath: path) { return }
        openUp(path)
        try? files.removeItem(atPath: path)
    }

    /// Gives the owner every right on the directories of a tree again.
    private static func openUp(_ directory: String) {
        chmod(directory, 0o700)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            var information = stat()
            let item = "\(directory)/\(name)"
            if lstat(item, &information) == 0, information.st_mode & S_IFMT == S_IFDIR { openUp(item) }
        }
    }

    private static var temporary: String {
        let own = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return own.hasPrefix("/") ? own : "/tmp"
    }

    private static func removeDead(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix("run-") {
            let directory = "\(parent)/\(name)"
            // Without a lock file it is being made at this moment, or being removed by somebody else.
            guard let lock = try? Descriptor.open("\(directory)/lock", O_RDWR) else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { remove(directory) }
            Descriptor.close(lock)
        }
    }
}
