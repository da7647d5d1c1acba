#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Replaces a file as a whole: whoever reads it sees the old one or the new one.
package enum AtomicFile {
    /// Makes the folder that the file lies in, if need be.
    ///
    /// - Throws: ``CouldNotRun`` with the path and the system's reason.
    package static func write(_ data: [UInt8], to path: String) throws {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).new"
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let descriptor = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            defer { Descriptor.close(descriptor) }
            try Descriptor.writeAll(data, to: descriptor)
            guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary)
            throw CouldNotRun("\(path) cannot be written: \(error)")
        }
    }
}
