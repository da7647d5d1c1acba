/// Why a store could not do what it was asked to.
package enum StoreError: Error, Sendable, Hashable {
    /// The disk, or the space that the store was granted, is full. Nothing was lost; it goes on once there is room.
    case noSpace
    /// Nothing may be written at `path`: the directory, or the file system that it is on, is read-only.
    case readOnly(path: String)
    /// A call to the operating system failed.
    case system(call: String, path: String, errno: Int32)
    /// What is on disk at `path` is not what was written there.
    case corrupt(path: String, offset: Int, reason: String)
    /// A subject has more than 65,535 bytes, or a message more than 2 GiB.
    case tooLarge
    /// The sequence is not more than the last one of the store.
    case outOfOrder(sequence: UInt64, last: UInt64)
    /// The store was closed or deleted.
    case closed
}
