#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Small text files, those of `/proc` among them, which come in several parts and do not tell their size.
package enum TextFile {
    /// - Throws: `Errno`.
    package static func read(_ path: String) throws -> String {
        let descriptor = try Descriptor.open(path, O_RDONLY)
        defer { Descriptor.close(descriptor) }
        var bytes: [UInt8] = []
        while let more = try Descriptor.read(descriptor, upTo: 1 << 16), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}
