#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system's `open`, which ``FileBytes/open(_:)`` hides.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
    open(path, flags)
}

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
        let (descriptor, size) = try open(path)
        defer { close(descriptor) }
        var failure: Int32 = 0
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

    /// Whether the file at `path` holds just these bytes. Keeps no more than a piece of the file in memory.
    ///
    /// - Throws: ``ReadError``.
    package static func areEqual(_ path: String, to bytes: [UInt8]) throws(ReadError) -> Bool {
        let (descriptor, size) = try open(path)
        defer { close(descriptor) }
        guard size == bytes.count else {
            return false
        }
        var failure: Int32 = 0
        let areEqual = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { piece in
            bytes.withUnsafeBytes { bytes in
                var offset = 0
                while true {
                    // At the end one byte more is asked for: the file may have grown.
                    let length = min(piece.count, max(bytes.count - offset, 1))
                    let got = Self.read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: piece[..<length]))
                    if got < 0 {
                        failure = errno
                    }
                    guard got > 0 else {
                        return got == 0 && offset == bytes.count
                    }
                    guard let expected = bytes.baseAddress, let actual = piece.baseAddress,
                        offset + got <= bytes.count, memcmp(expected + offset, actual, got) == 0
                    else {
                        return false
                    }
                    offset += got
                }
            }
        }
        if failure != 0 {
            throw ReadError(path: path, code: failure)
        }
        return areEqual
    }

    /// Opens a regular file and tells its size.
    private static func open(_ path: String) throws(ReadError) -> (descriptor: Int32, size: Int) {
        FileTrace.note(path)
        // Opening a pipe that nobody writes to would otherwise wait for ever.
        let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ReadError(path: path, code: errno)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw ReadError(path: path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ReadError(path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        return (descriptor, Int(status.st_size))
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
