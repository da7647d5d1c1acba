#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The directory that everything is stored in.
enum StoreDirectory {
    /// Makes the directory where it is missing, and looks whether files can be made in it.
    ///
    /// - Throws: ``JetStreamEngine/Failure`` in nats-server's words.
    static func prepare(_ path: String) throws(JetStreamEngine.Failure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno != ENOENT { throw .init(reason: "storage directory is not a directory") }
            try make(path)
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .init(reason: "storage directory is not a directory")
        }
        let trial = "\(path)/_test_\(getpid())"
        let file = open(trial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .init(reason: "storage directory is not writable") }
        close(file)
        unlink(trial)
    }

    /// Sees to it that no other server uses the directory while this one does: they would write over each other's messages.
    ///
    /// nats-server lets them. One that is about to end is waited for.
    ///
    /// - Returns: a file that is to be kept open, nil where this file system has no locks.
    /// - Throws: ``JetStreamEngine/Failure``.
    static func lock(_ path: String) async throws(JetStreamEngine.Failure) -> Int32? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        for attempt in 0... {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
            guard errno == EWOULDBLOCK else { break }
            if attempt == 20 {
                close(file)
                throw .init(
                    reason: "storage directory \"\(path)\" is in use by another server: "
                        + "stop that, or set another store_dir")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        close(file)
        return nil
    }

    static func unlock(_ file: Int32) { close(file) }

    private static func make(_ path: String) throws(JetStreamEngine.Failure) {
        var place = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            place += part
            if mkdir(place, 0o750) != 0, errno != EEXIST {
                throw .init(
                    reason: "could not create storage directory - mkdir \(place): \(systemErrorText(errno))")
            }
            place += "/"
        }
    }
}
