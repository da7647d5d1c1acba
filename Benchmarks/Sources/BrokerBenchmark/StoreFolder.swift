import Foundation

/// A folder for what servers store during a run, on the disk that temporary files are on.
final class StoreFolder {
    private let url = FileManager.default.temporaryDirectory.appending(path: "natsload-\(UUID().uuidString)")
    private var count = 0

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// A folder in it for one more server.
    func next() -> String {
        count += 1
        return url.appending(path: "\(count)").path
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }
}
