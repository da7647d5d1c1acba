#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reading whole files with as few calls and copies as it takes.
package enum FileBytes {
    /// What the system said when a file could not be read.
    package struct ReadError: Error, Sendable, CustomStringConvertible {
        package let path: String
        package let code: Int32

        /// Whether there is no such file, rather than one that cannot be read.
        package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

        package var description: String { String(cString: strerror(code)) }
    }

    /// The bytes of the file at `path`.
    ///
    /// - Throws: ``ReadError``.
    package static func read(_ path: String) throws(ReadError) -> [UInt8] {
        // Opening a pipe that nobody writes to would otherwise wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ReadError(path: path, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ReadError(path: path, code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ReadError(path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        var failure: Int32 = 0
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Self.read(
                    descriptor,
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                if got < 0 {
                    failure = errno
                    return
                }
                if got == 0 {
                    return
                }
                count += got
            }
        }
        if failure != 0 {
            throw ReadError(path: path, code: failure)
        }
        return bytes
    }

    private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let got = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let got = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if got >= 0 || errno != EINTR {
                return got
            }
        }
    }
}

/// The path with every symbolic link followed, or nil where it does not exist.
package func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else {
        return nil
    }
    defer { free(resolved) }
    return String(cString: resolved)
}
