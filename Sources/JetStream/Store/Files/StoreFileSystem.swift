#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The calls to the operating system that stores of files make. Stores use ``SystemFiles``; tests put failures in between.
///
/// Every call throws ``StoreError/noSpace``, ``StoreError/readOnly(path:)`` or ``StoreError/system(call:path:errno:)``.
package protocol StoreFileSystem: Sendable {
    /// Opens a file for reading and, if asked to, for writing; then it is made where it is missing.
    func open(_ path: String, forWriting: Bool) throws(StoreError) -> Int32
    func close(_ file: Int32)
    /// Reads until `buffer` is full or the file ends.
    ///
    /// - Returns: how many bytes were read.
    func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError)
    func truncate(_ file: Int32, to size: Int) throws(StoreError)
    /// Waits until what was written is on the disk.
    func sync(_ file: Int32) throws(StoreError)
    /// The size of a file in bytes, `nil` where there is none.
    func size(_ path: String) throws(StoreError) -> Int?
    func rename(_ path: String, to new: String) throws(StoreError)
    /// Removes a file or an empty directory; one that is missing is no error.
    func remove(_ path: String) throws(StoreError)
    /// The names in a directory; none where it is missing.
    func list(_ path: String) throws(StoreError) -> [String]
    /// Makes a directory and those above it that are missing.
    func makeDirectory(_ path: String) throws(StoreError)
}

/// The operating system's own files.
package struct SystemFiles: StoreFileSystem {
    package init() {}

    package func open(_ path: String, forWriting: Bool) throws(StoreError) -> Int32 {
        let flags = (forWriting ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC
        while true {
            #if canImport(Glibc)
            let file = Glibc.open(path, flags, 0o600)
            #elseif canImport(Musl)
            let file = Musl.open(path, flags, 0o600)
            #else
            let file = Darwin.open(path, flags, 0o600)
            #endif
            if file >= 0 { return file }
            if errno != EINTR { throw failure("open", path) }
        }
    }

    package func close(_ file: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(file)
        #elseif canImport(Musl)
        _ = Musl.close(file)
        #else
        _ = Darwin.close(file)
        #endif
    }

    package func read(
        _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(StoreError) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = pread(file, base + done, buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count > 0 { done += count } else if errno != EINTR { throw failure("pread", "") }
        }
        return done
    }

    package func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(file, base + done, bytes.count - done, off_t(offset + done))
            if count >= 0 { done += count } else if errno != EINTR { throw failure("pwrite", "") }
        }
    }

    package func truncate(_ file: Int32, to size: Int) throws(StoreError) {
        while ftruncate(file, off_t(size)) != 0 {
            if errno != EINTR { throw failure("ftruncate", "") }
        }
    }

    package func sync(_ file: Int32) throws(StoreError) {
        #if canImport(Darwin)
        // fsync alone leaves the data in the drive's own cache there.
        if fcntl(file, F_FULLFSYNC) == 0 { return }
        #endif
        while fsync(file) != 0 {
            if errno != EINTR { throw failure("fsync", "") }
        }
    }

    package func size(_ path: String) throws(StoreError) -> Int? {
        var status = stat()
        if stat(path, &status) == 0 { return Int(status.st_size) }
        if errno == ENOENT { return nil }
        throw failure("stat", path)
    }

    package func rename(_ path: String, to new: String) throws(StoreError) {
        #if canImport(Glibc)
        let status = Glibc.rename(path, new)
        #elseif canImport(Musl)
        let status = Musl.rename(path, new)
        #else
        let status = Darwin.rename(path, new)
        #endif
        if status != 0 { throw failure("rename", path) }
    }

    package func remove(_ path: String) throws(StoreError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        if rmdir(path) != 0 { throw failure("unlink", path) }
    }

    package func list(_ path: String) throws(StoreError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw failure("opendir", path)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package func makeDirectory(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw failure("mkdir", path)
        }
        try makeDirectory(String(path[..<slash]))
        if mkdir(path, 0o700) != 0 && errno != EEXIST { throw failure("mkdir", path) }
    }

    private func failure(_ call: String, _ path: String) -> StoreError {
        switch errno {
        case ENOSPC, EDQUOT: .noSpace
        case EROFS, EACCES, EPERM: .readOnly(path: path)
        default: .system(call: call, path: path, errno: errno)
        }
    }
}
