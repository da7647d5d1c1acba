package import Guides

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Compares a plan with the disk, and writes it.
package struct Tangler: Sendable {
    /// The project's root, absolute.
    let root: String
    let plan: TanglePlan
    let manifest: Manifest
    let manifestPath: String
    /// What the files were when they were tangled last.
    let base: TangleBase
    private let rules: PathRules
    private let opsFolder: String
    private let mask: UInt16

    /// - Throws: ``DiagnosticsError`` when the manifest on disk cannot be read.
    package init(root: String, configuration: ProjectConfiguration, plan: TanglePlan) throws {
        self.root = root
        self.plan = plan
        manifest = try Manifest.read(root: root, configuration: configuration)
        manifestPath = Manifest.path(in: configuration)
        base = TangleBase(root: root, manifest: manifest)
        rules = PathRules(configuration)
        opsFolder = configuration.ops
        mask = Self.fileModeMask()
    }

    /// The process's `umask`. The system tells it only by setting another one.
    package static func fileModeMask() -> UInt16 {
        let mask = umask(0o022)
        _ = umask(mask)
        return UInt16(mask)
    }

    /// Every difference between the plan and the disk, by path. Reads, and changes nothing.
    ///
    /// - Throws: ``TangleError`` when something cannot be read, or when a path leads out of the project on this disk.
    package func compare() async throws -> [Drift] {
        try await comparison().drifts
    }

    /// As ``compare()``, and the manifest that lists what is planned, which takes as much reading.
    func comparison() async throws -> (drifts: [Drift], planned: Manifest) {
        var links = FolderLinks(root: root, rules: rules)
        for file in plan.files {
            if let problem = links.problem(above: file.path) {
                throw TangleError.notAllowed(problem: problem.message, help: problem.help)
            }
        }
        let compared = await plan.files.concurrentMap { file in
            (kind: Result { try compare(file) }, hash: Manifest.hash(file.contents))
        }
        var drifts: [Drift] = []
        var planned = Manifest()
        for (file, (kind, hash)) in zip(plan.files, compared) {
            if let kind = try kind.get() {
                drifts.append(Drift(kind: kind, path: file.path, file: file))
            }
            planned.files[file.path] = Manifest.Entry(guide: file.guide, sha256: hash)
        }
        drifts += orphans(&links)
        drifts.sort { $0.path < $1.path }
        let orphans = drifts.filter { if case .orphan = $0.kind { true } else { false } }
        if try !isCurrent(planned.keeping(orphans.map(\.path), of: manifest)) {
            drifts.append(Drift(kind: .manifest, path: manifestPath, file: nil))
        }
        return (drifts, planned)
    }

    /// Files that Launchpad wrote, as the manifest or their first lines say, and that no guide describes any more.
    private func orphans(_ links: inout FolderLinks) -> [Drift] {
        var drifts: [Drift] = []
        let planned = Set(plan.files.map(\.path))
        for (path, entry) in manifest.files where !planned.contains(path) && links.problem(above: path) == nil {
            guard Self.isFile(root + "/" + path), let actual = try? FileBytes.read(root + "/" + path) else {
                continue
            }
            let edited = Manifest.hash(actual) != entry.sha256
            drifts.append(Drift(kind: .orphan(guide: entry.guide, editedByHand: edited), path: path, file: nil))
        }
        OpsFolder(root: root, folder: opsFolder).visitFiles { path in
            // A temporary file has the line, too, and belongs to a run that goes on or was killed.
            guard !planned.contains(path), manifest.files[path] == nil, path != manifestPath,
                !FileTransaction.isTemporary(path), let actual = try? FileBytes.read(root + "/" + path),
                let guide = Provenance.guide(in: actual)
            else {
                return
            }
            // What it was when Launchpad wrote it is not known, so it counts as edited.
            drifts.append(Drift(kind: .orphan(guide: guide, editedByHand: true), path: path, file: nil))
        }
        return drifts
    }

    /// Temporary files that a run left behind when it was killed; absolute paths.
    var abandonedFiles: [String] {
        var found: Set<String> = []
        func visit(_ path: String) {
            if FileTransaction.isAbandoned(path) {
                found.insert(root + "/" + path)
            }
        }
        OpsFolder(root: root, folder: opsFolder).visitFiles(visit)
        OpsFolder(root: root, folder: FileTransaction.keptFolder).visitFiles(visit)
        // Guides may describe files elsewhere, too.
        let paths = plan.files.map(\.path) + manifest.files.keys
        for folder in Set(paths.map { FileTransaction.folder(of: $0) }) {
            OpsFolder(root: root, folder: folder).files.forEach(visit)
        }
        return found.sorted()
    }

    private static func isFile(_ path: String) -> Bool {
        FileTrace.note(path, .presence)
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether the manifest on the disk is `next`.
    private func isCurrent(_ next: Manifest) throws -> Bool {
        guard let actual = try? FileBytes.read(root + "/" + manifestPath) else {
            return next.files.isEmpty
        }
        return try actual == next.encoded()
    }

    /// Whether a file may have `mode`: what the guide says, or what a checkout by git makes of it under this `umask`.
    private func isAccepted(_ mode: UInt16, for described: UInt16) -> Bool {
        switch described {
        case mode: true
        case 0o644: mode == 0o666 & ~mask
        case 0o755: mode == 0o777 & ~mask
        default: false
        }
    }

    private func compare(_ file: TangledFile) throws -> Drift.Kind? {
        let path = root + "/" + file.path
        FileTrace.note(path)
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                return .missing
            }
            throw TangleError.cannotRead(path: file.path, reason: String(cString: strerror(errno)))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return .notAFile("a folder")
        case S_IFLNK: return .notAFile("a symbolic link")
        default: return .notAFile("a device, pipe or socket")
        }
        let actual: [UInt8]
        do {
            if try FileBytes.areEqual(path, to: file.contents) {
                let mode = UInt16(status.st_mode & 0o777)
                return isAccepted(mode, for: file.mode) ? nil : .mode(actual: mode)
            }
            actual = try FileBytes.read(path)
        } catch {
            throw TangleError.cannotRead(path: file.path, reason: error.description)
        }
        if let entry = manifest.files[file.path] {
            return .changed(actual: actual, editedByHand: Manifest.hash(actual) != entry.sha256)
        }
        return Provenance.guide(in: actual) != nil
            ? .changed(actual: actual, editedByHand: true) : .foreign(actual: actual)
    }
}

/// Why the files could not be compared or written. Nothing was changed.
package enum TangleError: Error, Sendable, Hashable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// Files that Launchpad did not write stand where the plan wants to write.
    case notOurs(paths: [String])
    /// Something that is not a file stands where the plan wants to write.
    case notAFile(path: String, what: String)
    /// A path leads where no guide may write.
    case notAllowed(problem: String, help: String)

    package var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            "\(path) cannot be read: \(reason). Make it readable, then run launchpad tangle again"
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written: \(reason); no file was changed. See that you may write there and that the disk is "
                + "not full, then run launchpad tangle again"
        case .notOurs(let paths):
            "Launchpad did not write \(paths.joined(separator: ", ")), so it will not overwrite "
                + (paths.count == 1 ? "it" : "them")
                + "; no file was changed. Move the text into a guide, or replace the file with: launchpad tangle --force"
        case .notAFile(let path, let what):
            "\(path) is \(what), and a guide describes a file of that name; no file was changed. Move it away, then run "
                + "launchpad tangle again"
        case .notAllowed(let problem, let help):
            "\(problem); no file was changed. To go on: \(help)"
        }
    }
}
