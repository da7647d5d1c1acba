import JetStream
import Synchronization

/// The operating system's files, with a disk that gets full, or a process that ends, in the middle of a call.
final class FailingFiles: StoreFileSystem {
    private struct Plan {
        /// How many more bytes can be written; further ones are refused.
        var room = Int.max
        /// After so many more changes of the disk nothing happens any more.
        var changesLeft = Int.max
        /// Of the last change, when it is a write, this share happens still.
        var lastShare = 0.0
    }

    private let plan = Mutex(Plan())
    private let system = SystemFiles()

    /// Lets `bytes` more be written.
    func limit(to bytes: Int) { plan.withLock { $0.room = bytes } }

    /// Ends the process, as it were, at the change after `changes` more.
    func end(after changes: Int, share: Double) {
        plan.withLock {
            $0.changesLeft = changes
            $0.lastShare = share
        }
    }

    var hasEnded: Bool { plan.withLock { $0.changesLeft < 0 } }

    /// - Returns: whether this change is the one in which the process ends.
    private func change() throws(StoreError) -> Bool {
        let left = plan.withLock { plan in
            if plan.changesLeft != .max { plan.changesLeft -= 1 }
            return plan.changesLeft
        }
        if left < -1 { throw .system(call: "ended", path: "", errno: 0) }
        return left == -1
    }

    private func end() throws(StoreError) -> Never {
        throw .system(call: "ended", path: "", errno: 0)
    }

    func open(_ path: String, forWriting: Bool) throws(StoreError) -> Int32 {
        if forWriting, try change() { try end() }
        return try system.open(path, forWriting: forWriting)
    }

    func close(_ file: Int32) { system.close(file) }

    func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
        try system.read(file, into: buffer, at: offset)
    }

    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        if try change() {
            let count = Int(Double(bytes.count) * plan.withLock { $0.lastShare })
            try system.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
            try end()
        }
        let count = plan.withLock { plan in
            let count = min(plan.room, bytes.count)
            if plan.room != .max { plan.room -= count }
            return count
        }
        try system.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        if count < bytes.count { throw .noSpace }
    }

    func truncate(_ file: Int32, to size: Int) throws(StoreError) {
        if try change() { try end() }
        try system.truncate(file, to: size)
    }

    func sync(_ file: Int32) throws(StoreError) {
        if try change() { try end() }
    }

    func size(_ path: String) throws(StoreError) -> Int? { try system.size(path) }

    func rename(_ path: String, to new: String) throws(StoreError) {
        if try change() { try end() }
        try system.rename(path, to: new)
    }

    func remove(_ path: String) throws(StoreError) {
        if try change() { try end() }
        try system.remove(path)
    }

    func list(_ path: String) throws(StoreError) -> [String] { try system.list(path) }

    func makeDirectory(_ path: String) throws(StoreError) { try system.makeDirectory(path) }
}
