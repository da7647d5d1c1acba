#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the machine has, for limits that configuration leaves open.
enum MachineLimits {
    /// The machine's memory in bytes, or the least that nats-server takes where the system does not tell.
    static var memory: Int64 {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? Int64(pages) * Int64(size) : 256 << 20
    }

    /// What is free for this process on the file system of `path`, or of the directory above it that is there; a terabyte where
    /// the system does not tell.
    static func freeDisk(at path: String) -> Int64 {
        var place = path
        while true {
            var status = statvfs()
            if statvfs(place, &status) == 0 {
                return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
            }
            if place == "/" || place == "." { return 1 << 40 }
            place = place.lastIndex(of: "/").map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
        }
    }

    static var temporaryDirectory: String {
        guard let text = getenv("TMPDIR") else { return "/tmp" }
        let path = String(cString: text)
        return path.isEmpty ? "/tmp" : path
    }
}
