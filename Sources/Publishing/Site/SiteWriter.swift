#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Guides
import SystemPackage

/// Brings a site to the disk.
///
/// All files are first written beside the site's folder; only when every one of them is there are they moved into
/// place, one rename each, and files of an earlier site removed. Files that did not change are not touched, so that
/// `rsync` and browsers' caches see only what is new.
package struct SiteWriter {
    /// Lists what the last build wrote, so that the next removes what is gone and nothing else.
    package static let manifestName = ".launchpad-site"

    package struct Report: Sendable, Hashable {
        package var written: Int
        package var unchanged: Int
        package var removed: Int

        package init(written: Int = 0, unchanged: Int = 0, removed: Int = 0) {
            self.written = written
            self.unchanged = unchanged
            self.removed = removed
        }
    }

    /// Why a site could not be written.
    package enum Failure: Error, CustomStringConvertible {
        /// The folder holds files and none of them is Launchpad's.
        case foreignDirectory(String)
        /// Two files of the site want one place, such as a guide `a.md` that becomes `a.html` and a folder `a.html`.
        case conflict(String)
        case system(path: String, reason: String)

        package var description: String {
            switch self {
            case .foreignDirectory(let path):
                "\(path) holds files that Launchpad did not write; give another folder with --output, or empty it"
            case .conflict(let path): "two files of the site would both be \(path); rename one of the guides"
            case .system(let path, let reason):
                "can't write \(path): \(reason). See that you may write there and that the disk is not full, or give "
                    + "another folder with --output"
            }
        }
    }

    private let output: String

    /// - Parameter output: the folder of the site. Made if it isn't there.
    package init(output: String) {
        self.output = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
    }

    /// Writes `files` and removes what an earlier build wrote and this one doesn't.
    ///
    /// - Throws: ``Failure``; up to the last step the earlier site is untouched.
    package func write(_ files: [SiteFile]) async throws -> Report {
        let manager = FileManager.default
        let previous = try previousManifest()
        var seen: Set<String> = []
        for file in files where !seen.insert(file.path).inserted {
            throw Failure.conflict(file.path)
        }
        var report = Report()
        removeAbandonedStaging()
        let staging = output + Self.stagingInfix + String(ProcessInfo.processInfo.processIdentifier)
        defer { try? manager.removeItem(atPath: staging) }
        let changed = previous.isEmpty ? files : await self.changed(files)
        report.unchanged = files.count - changed.count
        report.written = changed.count
        let manifest = SiteFile(
            path: Self.manifestName, contents: Array((seen.sorted().joined(separator: "\n") + "\n").utf8))
        let all = changed + (await self.changed([manifest]))
        try makeFolders(of: all, in: staging)
        try await attemptAll(all) { file throws(Errno) in
            try SystemFile.write(file.contents, to: staging + "/" + file.path)
        }
        if previous.isEmpty, !all.isEmpty, (try? SystemFile.rename(staging, to: output)) != nil {
            // Nothing was there, or an empty folder: the new one takes its place as a whole.
            return report
        }
        let gone = previous.subtracting(seen)
        for path in gone {
            try attempt(output + "/" + path) { () throws(Errno) in try SystemFile.remove(output + "/" + path) }
        }
        report.removed = gone.count
        try makeFolders(of: all, in: output)
        try await attemptAll(all) { file throws(Errno) in
            try SystemFile.rename(staging + "/" + file.path, to: output + "/" + file.path)
        }
        removeEmptyFolders(of: gone)
        return report
    }

    /// The files that are not on the disk as they should be.
    private func changed(_ files: [SiteFile]) async -> [SiteFile] {
        let output = output
        let same = await files.concurrentMap { file in
            (try? FileBytes.areEqual(output + "/" + file.path, to: file.contents)) ?? false
        }
        return zip(files, same).filter { !$0.1 }.map(\.0)
    }

    private func makeFolders(of files: [SiteFile], in root: String) throws {
        for folder in Set(files.map { RelativePath.directory(of: $0.path) }).sorted() {
            let path = folder.isEmpty ? root : root + "/" + folder
            try attempt(path) { () throws(Errno) in try SystemFile.makeFolder(path) }
        }
    }

    /// Does something with each file, several at a time; the first failure in the files' order counts.
    private func attemptAll(
        _ files: [SiteFile], _ body: @escaping @Sendable (SiteFile) throws(Errno) -> Void
    ) async throws {
        let failures = await files.concurrentMap { file -> Errno? in
            do throws(Errno) {
                try body(file)
                return nil
            } catch {
                return error
            }
        }
        for (file, failure) in zip(files, failures) {
            if let failure {
                throw Failure.system(path: output + "/" + file.path, reason: failure.description)
            }
        }
    }

    /// What the last build wrote and is still there.
    private func previousManifest() throws -> Set<String> {
        let manager = FileManager.default
        guard let manifest = manager.contents(atPath: output + "/" + Self.manifestName) else {
            let existing = (try? manager.contentsOfDirectory(atPath: output)) ?? []
            guard existing.isEmpty else { throw Failure.foreignDirectory(output) }
            return []
        }
        let paths = String(decoding: manifest, as: UTF8.self).split(separator: "\n").map(String.init)
        // The manifest is a file that anybody can edit: a path in it must not lead out of the site.
        return Set(
            paths.filter { RelativePath.resolve($0, in: "") == $0 && manager.fileExists(atPath: output + "/" + $0) })
    }

    private static let stagingInfix = ".staging-"

    /// Removes what earlier builds left behind that were killed.
    private func removeAbandonedStaging() {
        let folder = RelativePath.directory(of: output)
        let prefix = String(output.dropFirst(folder.isEmpty ? 0 : folder.count + 1)) + Self.stagingInfix
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let process = Int32(name.dropFirst(prefix.count)), !SystemFile.isRunning(process) else { continue }
            try? FileManager.default.removeItem(atPath: folder.isEmpty ? name : "\(folder)/\(name)")
        }
    }

    private func removeEmptyFolders(of paths: Set<String>) {
        for path in paths {
            var folder = RelativePath.directory(of: path)
            while !folder.isEmpty {
                let entries = try? FileManager.default.contentsOfDirectory(atPath: output + "/" + folder)
                guard entries?.isEmpty == true else { break }
                try? FileManager.default.removeItem(atPath: output + "/" + folder)
                folder = RelativePath.directory(of: folder)
            }
        }
    }

    private func attempt(_ path: String, _ body: () throws(Errno) -> Void) throws {
        do throws(Errno) {
            try body()
        } catch {
            throw Failure.system(path: path, reason: error.description)
        }
    }
}
