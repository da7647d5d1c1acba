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
        try write(data, to: path, mode: 0o644)
    }

    /// Gives an existing file, or what a link leads to, other contents; its permissions stay.
    ///
    /// - Throws: ``CouldNotRun`` with the path and the system's reason.
    package static func replace(_ path: String, with data: [UInt8]) throws {
        var information = stat()
        guard let real = realpath(path, nil) else {
            throw CouldNotRun("\(path) cannot be found: \(Errno(rawValue: errno))")
        }
        defer { free(real) }
        guard stat(real, &information) == 0 else {
            throw CouldNotRun("\(path) cannot be read: \(Errno(rawValue: errno))")
        }
        try write(data, to: String(cString: real), mode: information.st_mode & 0o7777)
    }

    private static func write(_ data: [UInt8], to path: String, mode: mode_t) throws(CouldNotRun) {
        let directory = Folder.parent(of: path)
        if !directory.isEmpty { try Folder.make(directory) }
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).new"
        do throws(Errno) {
            let descriptor = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            defer { Descriptor.close(descriptor) }
            try Descriptor.writeAll(data, to: descriptor)
            guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
                throw Errno(rawValue: errno)
            }
        } catch {
            unlink(temporary)
            throw CouldNotRun("\(path) cannot be written: \(error)", help: Folder.help(error.rawValue))
        }
    }
}
