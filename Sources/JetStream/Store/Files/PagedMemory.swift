#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Memory straight from the system, for the time that a large file is looked at. What `malloc` has once given for megabytes, it
/// keeps.
enum PagedMemory {
    /// - Parameter size: more than 0.
    /// - Throws: what `body` throws, or ``StoreError/system(call:path:errno:)`` where there is no memory.
    static func with<Result>(
        _ size: Int, _ body: (UnsafeMutableRawBufferPointer) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard let place = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            place != UnsafeMutableRawPointer(bitPattern: -1)
        else { throw .system(call: "mmap", path: "", errno: errno) }
        defer { munmap(place, size) }
        return try body(UnsafeMutableRawBufferPointer(start: place, count: size))
    }
}
