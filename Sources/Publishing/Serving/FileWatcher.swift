#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Says when something changes below some folders.
///
/// Linux tells by itself (inotify); elsewhere the files' sizes and dates are compared twice a second.
package struct FileWatcher: Sendable {
    let folders: [String]
    /// Paths that never count, such as the site's own output, and everything below them.
    let ignored: [String]

    package init(folders: [String], ignored: [String] = []) {
        self.folders = folders
        self.ignored = ignored
    }

    /// One element for each batch of changes, until the task that reads them is cancelled. Batches that come while the
    /// reader is busy become one. The watch is in place when this returns.
    package func changes() -> AsyncStream<Void> {
        #if canImport(Glibc) || canImport(Musl)
        if let watch = InotifyWatch(self) {
            return watch.changes()
        }
        #endif
        return polling()
    }

    func counts(_ path: String) -> Bool {
        !ignored.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// Every folder below the watched ones, themselves included.
    func allFolders() -> [String] {
        folders.flatMap { folders(below: $0) }
    }

    func folders(below folder: String) -> [String] {
        guard counts(folder) else { return [] }
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return [folder]
            + entries.filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
                let type = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.type]
                return (type as? FileAttributeType) == .typeDirectory ? folders(below: folder + "/" + name) : []
            }
    }

    func polling(interval: Duration = .milliseconds(500)) -> AsyncStream<Void> {
        let first = signature()
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                var last = first
                while !Task.isCancelled {
                    try? await Task.sleep(for: interval)
                    let now = signature()
                    if now != last {
                        last = now
                        continuation.yield()
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Sizes and dates of all files.
    private func signature() -> [String: [String]] {
        var files: [String: [String]] = [:]
        for folder in allFolders() {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let path = folder + "/" + name
                guard counts(path), let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
                    continue
                }
                files[path] = ["\(attributes[.size] ?? 0)", "\(attributes[.modificationDate] ?? "")"]
            }
        }
        return files
    }
}
