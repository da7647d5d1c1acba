import CCmark
import Foundation

/// libcmark alone: reads every guide below a folder, has libcmark parse it, and frees the tree.
enum Parsing {
    /// - Parameter threads: how many of them share the guides.
    /// - Returns: the number of bytes that were parsed.
    static func run(_ folder: String, threads: Int) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }.sorted()
        let share = (names.count + threads - 1) / threads
        let total = Total()
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            var bytes = 0
            for name in names[min(thread * share, names.count)..<min((thread + 1) * share, names.count)] {
                bytes += parse(folder + "/" + name)
            }
            total.add(bytes)
        }
        return total.value
    }

    private static func parse(_ path: String) -> Int {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return 0 }
        return withUnsafeTemporaryAllocation(byteCount: Int(status.st_size), alignment: 1) { buffer in
            let count = read(file, buffer.baseAddress, buffer.count)
            let text = buffer.assumingMemoryBound(to: CChar.self).baseAddress
            cmark_node_free(cmark_parse_document(text, count, CMARK_OPT_DEFAULT))
            return count
        }
    }
}

/// A sum that threads add to.
private final class Total: @unchecked Sendable {
    // Every access holds the lock.
    private let lock = NSLock()
    private var sum = 0

    var value: Int { lock.withLock { sum } }

    func add(_ number: Int) {
        lock.withLock { sum += number }
    }
}
