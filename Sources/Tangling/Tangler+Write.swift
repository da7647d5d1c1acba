import Guides

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Tangler {
    /// What writing a plan came to. Paths are relative to the project's root.
    package struct Summary: Sendable, Hashable {
        package var written: [String] = []
        /// Files of which only the mode was set.
        package var repaired: [String] = []
        package var removed: [String] = []
        /// Files that no guide describes any more and that were left where they are.
        package var orphans: [String] = []
        /// Contents that Launchpad had not written like that and replaced: the file, and where they are kept.
        package var kept: [Kept] = []
        package var unchanged = 0

        package struct Kept: Sendable, Hashable {
            package var path: String
            package var copy: String
        }
    }

    /// Makes the disk say what the plan says: all of it, or, when anything fails, nothing.
    ///
    /// Every new file is first written beside its place and synced to the disk; only when all of them are there are they
    /// renamed, one by one. Contents that somebody edited by hand are copied to `.launchpad/replaced/` first.
    ///
    /// - Parameters:
    ///   - force: overwrite files that Launchpad did not write.
    ///   - prune: remove files that no guide describes any more.
    ///   - only: the paths of the files to write; all of them when nil.
    /// - Throws: ``TangleError``; the disk is then as it was.
    package func write(force: Bool = false, prune: Bool = false, only: Set<String>? = nil) async throws -> Summary {
        let turn = ProjectLock(root: root)
        defer { withExtendedLifetime(turn) {} }
        var (drifts, planned) = try await comparison()
        if let only {
            drifts.removeAll { $0.kind != .manifest && !only.contains($0.path) }
            planned = manifest.keeping(Array(only), of: planned)
        }
        try refuseWhatIsNotOurs(drifts, force: force)
        for path in abandonedFiles {
            unlink(path)
        }
        var summary = Summary()
        summary.unchanged = plan.files.count
        var transaction = FileTransaction(root: root)
        do {
            for drift in drifts {
                try stage(drift, prune: prune, in: &transaction, summary: &summary)
            }
            if drifts.contains(where: { $0.kind == .manifest }) || !summary.removed.isEmpty {
                let next = planned.keeping(summary.orphans, of: manifest)
                try transaction.stage(manifestPath, contents: next.encoded(), mode: 0o644)
            }
            for file in plan.files where !file.isGenerated && only?.contains(file.path) ?? true {
                try base.stage(file, in: &transaction)
            }
            try transaction.commit()
        } catch {
            transaction.abandon()
            throw error
        }
        return summary
    }

    private func stage(
        _ drift: Drift,
        prune: Bool,
        in transaction: inout FileTransaction,
        summary: inout Summary
    ) throws {
        switch drift.kind {
        case .manifest:
            return
        case .orphan(_, let editedByHand):
            guard prune else {
                summary.orphans.append(drift.path)
                return
            }
            if editedByHand {
                try keep(drift.path, contents: FileBytes.read(root + "/" + drift.path), &transaction, &summary)
            }
            transaction.remove(drift.path)
            summary.removed.append(drift.path)
            return
        case .mode(let actual):
            if let file = drift.file {
                transaction.setMode(file.mode, of: file.path, before: actual)
                summary.repaired.append(file.path)
                summary.unchanged -= 1
            }
            return
        case .changed(let actual, editedByHand: true), .foreign(let actual):
            try keep(drift.path, contents: actual, &transaction, &summary)
        case .missing, .changed, .notAFile:
            break
        }
        if let file = drift.file {
            try transaction.stage(file.path, contents: file.contents, mode: file.mode)
            summary.written.append(file.path)
            summary.unchanged -= 1
        }
    }

    private func keep(
        _ path: String,
        contents: [UInt8],
        _ transaction: inout FileTransaction,
        _ summary: inout Summary
    ) throws {
        let copy = FileTransaction.keptFolder + "/" + path
        try transaction.stage(copy, contents: contents, mode: 0o600)
        summary.kept.append(.init(path: path, copy: copy))
    }

    private func refuseWhatIsNotOurs(_ drifts: [Drift], force: Bool) throws {
        var foreign: [String] = []
        for drift in drifts {
            switch drift.kind {
            case .foreign where !force: foreign.append(drift.path)
            case .notAFile(let what) where !(force && what == "a symbolic link"):
                throw TangleError.notAFile(path: drift.path, what: what)
            default: break
            }
        }
        if !foreign.isEmpty {
            throw TangleError.notOurs(paths: foreign)
        }
    }
}

/// Several files that are replaced or removed together, or not at all.
struct FileTransaction {
    let root: String
    private var staged: [(path: String, temporary: String)] = []
    private var removals: [String] = []
    private var modes: [(path: String, mode: UInt16, before: UInt16)] = []
    private var madeFolders: [String] = []

    init(root: String) {
        self.root = root
    }

    /// Writes `contents` beside `path`, under a name that nobody else uses, and syncs it.
    mutating func stage(_ path: String, contents: [UInt8], mode: UInt16) throws {
        try makeFolders(for: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let folder = String(path.dropLast(name.count))
        let temporary = "\(root)/\(folder).\(name).\(getpid())\(Self.temporarySuffix)"
        staged.append((path, temporary))
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            staged.removeLast()
            throw TangleError.cannotWrite(path: path, reason: Self.systemError())
        }
        defer { close(descriptor) }
        var rest = contents[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR {
                    continue
                }
                throw TangleError.cannotWrite(path: path, reason: Self.systemError())
            }
            rest = rest.dropFirst(count)
        }
        guard fchmod(descriptor, mode_t(mode)) == 0, fsync(descriptor) == 0 else {
            throw TangleError.cannotWrite(path: path, reason: Self.systemError())
        }
    }

    /// Where contents go that somebody else wrote and that are replaced.
    static let keptFolder = ".launchpad/replaced"

    private static let temporarySuffix = ".tangling"

    /// Whether `path` is a temporary file of this or another process.
    static func isTemporary(_ path: String) -> Bool {
        process(of: path) != nil
    }

    /// Whether `path` is a temporary file of a process that is gone. One with this process's own number, asked before
    /// anything is staged, comes from an earlier process that had the same.
    static func isAbandoned(_ path: String) -> Bool {
        process(of: path).map { $0 == getpid() || (kill($0, 0) != 0 && errno == ESRCH) } ?? false
    }

    /// The number of the process whose temporary file `path` is.
    private static func process(of path: String) -> pid_t? {
        guard path.hasSuffix(temporarySuffix) else {
            return nil
        }
        let parts = path.dropLast(temporarySuffix.utf8.count).split(separator: ".")
        return parts.last.flatMap { pid_t($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Notes that `path` gets another mode at the commit.
    mutating func setMode(_ mode: UInt16, of path: String, before: UInt16) {
        modes.append((path, mode, before))
    }

    /// Notes that `path` goes away at the commit.
    mutating func remove(_ path: String) {
        removals.append(path)
    }

    /// Renames all staged files into place and removes what is to go; on failure puts everything back and throws.
    mutating func commit() throws {
        var undo: [(path: String, contents: [UInt8]?, mode: mode_t)] = []
        do {
            for (path, temporary) in staged {
                undo.append(before(path))
                guard rename(temporary, root + "/" + path) == 0 else {
                    throw TangleError.cannotWrite(path: path, reason: Self.systemError())
                }
            }
            for path in removals {
                undo.append(before(path))
                guard unlink(root + "/" + path) == 0 || errno == ENOENT else {
                    throw TangleError.cannotWrite(path: path, reason: Self.systemError())
                }
            }
            for (path, mode, _) in modes where chmod(root + "/" + path, mode_t(mode)) != 0 {
                throw TangleError.cannotWrite(path: path, reason: Self.systemError())
            }
        } catch {
            restore(undo)
            for (path, _, before) in modes {
                chmod(root + "/" + path, mode_t(before))
            }
            throw error
        }
        let folders = Set((staged.map(\.path) + removals).map { Self.folder(of: $0) })
        staged = []
        madeFolders = []
        for folder in folders {
            Self.sync(folder: root + "/" + folder)
        }
        for path in removals {
            removeEmptyFolders(above: path)
        }
    }

    /// Removes everything that was staged.
    mutating func abandon() {
        for (_, temporary) in staged {
            unlink(temporary)
        }
        for folder in madeFolders.reversed() {
            rmdir(folder)
        }
        staged = []
        madeFolders = []
    }

    private func before(_ path: String) -> (path: String, contents: [UInt8]?, mode: mode_t) {
        var status = stat()
        let exists = lstat(root + "/" + path, &status) == 0
        return (path, exists ? try? FileBytes.read(root + "/" + path) : nil, status.st_mode & 0o777)
    }

    private func restore(_ undo: [(path: String, contents: [UInt8]?, mode: mode_t)]) {
        for (path, contents, mode) in undo.reversed() {
            guard let contents else {
                unlink(root + "/" + path)
                continue
            }
            var second = FileTransaction(root: root)
            if (try? FileBytes.read(root + "/" + path)) != contents,
                (try? second.stage(path, contents: contents, mode: UInt16(mode))) != nil
            {
                for (path, temporary) in second.staged {
                    rename(temporary, root + "/" + path)
                }
            }
        }
    }

    private mutating func makeFolders(for path: String) throws {
        var folder = root
        for component in path.split(separator: "/").dropLast() {
            folder += "/" + component
            if mkdir(folder, 0o755) == 0 {
                madeFolders.append(folder)
            } else if errno != EEXIST {
                throw TangleError.cannotWrite(path: path, reason: Self.systemError())
            }
        }
    }

    private func removeEmptyFolders(above path: String) {
        var folder = Self.folder(of: path)
        while !folder.isEmpty, rmdir(root + "/" + folder) == 0 {
            folder = Self.folder(of: folder)
        }
    }

    /// The folder that `path` lies in; empty for the root.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func sync(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    private static func systemError() -> String {
        String(cString: strerror(errno))
    }
}
