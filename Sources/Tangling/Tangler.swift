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

    /// - Throws: ``DiagnosticsError`` when the manifest on disk cannot be read.
    package init(root: String, configuration: ProjectConfiguration, plan: TanglePlan) throws {
        self.root = root
        self.plan = plan
        manifest = try Manifest.read(root: root, configuration: configuration)
        manifestPath = Manifest.path(in: configuration)
    }

    /// Every difference between the plan and the disk, by path. Reads, and changes nothing.
    package func compare() throws -> [Drift] {
        var drifts: [Drift] = []
        for file in plan.files {
            if let kind = try compare(file) {
                drifts.append(Drift(kind: kind, path: file.path, file: file))
            }
        }
        let planned = Set(plan.files.map(\.path))
        for (path, entry) in manifest.files.sorted(by: { $0.key < $1.key }) where !planned.contains(path) {
            guard let actual = try? FileBytes.read(root + "/" + path) else {
                continue
            }
            let edited = Manifest.hash(actual) != entry.sha256
            drifts.append(Drift(kind: .orphan(guide: entry.guide, editedByHand: edited), path: path, file: nil))
        }
        drifts.sort { $0.path < $1.path }
        let orphans = drifts.filter { if case .orphan = $0.kind { true } else { false } }
        if try !isManifestCurrent(keeping: orphans.map(\.path)) {
            drifts.append(Drift(kind: .manifest, path: manifestPath, file: nil))
        }
        return drifts
    }

    /// The manifest as it must stand once the plan is written and `orphans` are still there.
    func nextManifest(keeping orphans: [String]) -> Manifest {
        var next = Manifest(of: plan)
        for path in orphans {
            next.files[path] = manifest.files[path]
        }
        return next
    }

    private func isManifestCurrent(keeping orphans: [String]) throws -> Bool {
        let next = nextManifest(keeping: orphans)
        guard let actual = try? FileBytes.read(root + "/" + manifestPath) else {
            return next.files.isEmpty
        }
        return try actual == next.encoded()
    }

    private func compare(_ file: TangledFile) throws -> Drift.Kind? {
        let path = root + "/" + file.path
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
            actual = try FileBytes.read(path)
        } catch {
            throw TangleError.cannotRead(path: file.path, reason: error.description)
        }
        if actual == file.contents {
            let mode = UInt16(status.st_mode & 0o777)
            return mode == file.mode ? nil : .mode(actual: mode)
        }
        if let entry = manifest.files[file.path] {
            return .changed(actual: actual, editedByHand: Manifest.hash(actual) != entry.sha256)
        }
        return Provenance.isPresent(in: actual)
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

    package var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written: \(reason); no file was changed"
        case .notOurs(let paths):
            "Launchpad did not write \(paths.joined(separator: ", ")), so it will not overwrite "
                + (paths.count == 1 ? "it" : "them")
                + "; no file was changed. Move the text into a guide, or replace the file with: launchpad tangle --force"
        case .notAFile(let path, let what):
            "\(path) is \(what), and a guide describes a file of that name; no file was changed. Move it away, then run "
                + "launchpad tangle again"
        }
    }
}
