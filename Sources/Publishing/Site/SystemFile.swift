import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system's calls on files, whose failures say in the system's own words what is wrong.
enum SystemFile {
    /// Moves a file in one step, replacing what stands at the target.
    static func rename(_ source: String, to target: String) throws(Errno) {
        #if canImport(Glibc)
        let result = Glibc.rename(source, target)
        #elseif canImport(Musl)
        let result = Musl.rename(source, target)
        #else
        let result = Darwin.rename(source, target)
        #endif
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes the file at `path`, if it is there.
    static func remove(_ path: String) throws(Errno) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
    }

    /// Makes the folder at `path` and those above it, where they are not there yet; an empty path is the current one.
    static func makeFolder(_ path: String) throws(Errno) {
        var status = stat()
        if path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) { return }
        try makeFolder(RelativePath.directory(of: path))
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }

    /// Gives the file at `path` these contents and no others.
    static func write(_ contents: [UInt8], to path: String) throws(Errno) {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o666)
            )
            try file.closeAfter { _ = try file.writeAll(contents) }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }

    /// Whether there is a process with this number.
    static func isRunning(_ process: Int32) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }
}
