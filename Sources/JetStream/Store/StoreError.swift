/// Why a store could not do what it was asked to.
package enum StoreError: Error, Sendable, Hashable {
    /// The disk, or the space that the store was granted, is full. Nothing was lost; it goes on once there is room.
    case noSpace
    /// A call to the operating system failed.
    case system(call: String, path: String, errno: Int32)
    /// What is on disk at `path` is not what was written there.
    case corrupt(path: String, offset: Int, reason: String)
    /// The store was closed or deleted.
    case closed
}
