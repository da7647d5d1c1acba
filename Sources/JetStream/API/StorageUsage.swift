import Synchronization

/// Bytes in memory and on disk.
struct StorageUsage {
    private var memory: Int64 = 0
    private var file: Int64 = 0

    subscript(storage: StorageType) -> Int64 {
        get { storage == .memory ? memory : file }
        set { if storage == .memory { memory = newValue } else { file = newValue } }
    }
}

/// Bytes that the streams of all accounts of a server hold; the accounts' workers count at the same time.
package final class ServerUsage: Sendable {
    private let memory = Atomic<Int64>(0)
    private let file = Atomic<Int64>(0)

    package init() {}

    subscript(storage: StorageType) -> Int64 {
        storage == .memory ? memory.load(ordering: .relaxed) : file.load(ordering: .relaxed)
    }

    func add(_ bytes: Int64, to storage: StorageType) {
        if storage == .memory {
            memory.add(bytes, ordering: .relaxed)
        } else {
            file.add(bytes, ordering: .relaxed)
        }
    }
}
