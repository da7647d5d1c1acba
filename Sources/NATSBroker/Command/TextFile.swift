#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Small files, read and written whole.
enum TextFile {
    /// A file that could not be read or written.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var operation: String
        var reason: String

        /// As Go prints it: `open /x: permission denied`.
        var description: String { "\(operation) \(path): \(reason)" }
    }

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw Failure(path: path, operation: "open", reason: systemErrorText(errno))
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes += piece[..<count]
        }
        if ferror(file) != 0 { throw Failure(path: path, operation: "read", reason: systemErrorText(errno)) }
        return bytes
    }

    /// - Parameter mode: who may do what with a file that was not there.
    static func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0, let file = fdopen(descriptor, "wb") else {
            throw Failure(path: path, operation: "open", reason: systemErrorText(errno))
        }
        let bytes = Array(text.utf8)
        let count = fwrite(bytes, 1, bytes.count, file)
        if fclose(file) != 0 || count < bytes.count {
            throw Failure(path: path, operation: "write", reason: systemErrorText(errno))
        }
    }

    static func remove(_ path: String) throws(Failure) {
        guard unlink(path) == 0 else {
            throw Failure(path: path, operation: "remove", reason: systemErrorText(errno))
        }
    }
}
