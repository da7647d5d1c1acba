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
