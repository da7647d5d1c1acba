#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The few file operations that the commands need, with errors worded as natscli words them.
enum FileSystem {
    /// An operation that failed, such as `open /x: no such file or directory`.
    struct Failure: Error, CustomStringConvertible {
        var operation: String
        var path: String
        var code: Int32

        var description: String {
            "\(operation) \(path): \(String(cString: strerror(code)).lowercased())"
        }

        var isMissingFile: Bool { code == ENOENT }
    }

    /// The path from the root, for one that may begin at the working directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        return try readAll(descriptor, path: path)
    }

    /// Everything up to the end of an open file.
    static func readAll(_ descriptor: Int32, path: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let some = try readSome(descriptor, path: path)
            guard !some.isEmpty else { return bytes }
            bytes += some
        }
    }

    /// What an open file has now, at least one byte; nothing at its end.
    static func readSome(_ descriptor: Int32, path: String) throws(Failure) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count >= 0 {
                return Array(chunk[..<count])
            }
            guard errno == EINTR else { throw Failure(operation: "read", path: path, code: errno) }
        }
    }

    /// Makes a directory and those above it, readable by its owner only.
    static func makeDirectory(_ path: String) throws(Failure) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw Failure(operation: "mkdir", path: made, code: errno)
            }
        }
    }

    /// Puts a file in place in one step: readers see the old content or the new, never a part.
    ///
    /// - Parameter mode: who may read and write it; only its owner, unless something else is asked for.
    static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(Failure) {
        var template = Array((path + ".tmp-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Failure(operation: "open", path: path, code: errno) }
        var rest = bytes[...]
        var failure: Failure?
        while !rest.isEmpty, failure == nil {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                failure = Failure(operation: "write", path: path, code: errno)
            }
        }
        if failure == nil, fchmod(descriptor, mode_t(mode)) != 0 || fsync(descriptor) != 0 {
            failure = Failure(operation: "write", path: path, code: errno)
        }
        close(descriptor)
        if failure == nil, rename(template, path) != 0 {
            failure = Failure(operation: "rename", path: path, code: errno)
        }
        if let failure {
            unlink(template)
            throw failure
        }
    }

    /// Removes a file; one that is not there is no error.
    static func remove(_ path: String) throws(Failure) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw Failure(operation: "remove", path: path, code: errno)
    }

    /// The names in a directory, sorted; none if it does not exist.
    static func names(in path: String) throws(Failure) -> [String] {
        guard let directory = opendir(path) else {
            guard errno == ENOENT else { throw Failure(operation: "open", path: path, code: errno) }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." {
                names.append(name)
            }
        }
        return names.sorted()
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
