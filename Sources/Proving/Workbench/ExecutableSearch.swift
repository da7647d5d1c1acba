#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks for programs as a shell would.
package enum ExecutableSearch {
    /// Where commands inside a guide look, behind the tool folder.
    package static let systemPath = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// The absolute path of `name` on this process's own `PATH`, then on the system's, or nil.
    package static func find(_ name: String) -> String? {
        find(name, in: ownPath + systemPath)
    }

    /// The same for a program that a sandbox can run, links resolved.
    ///
    /// A script of that name (a shim of a version manager, a wrapper in a virtual environment) looks for the real program in
    /// places that a sandbox does not have. Where there is nothing else, it is asked which program it starts.
    ///
    /// - Parameters:
    ///   - stranger: a program that may be on the path under this name and is not meant.
    ///   - blocking: arguments with which the real program starts and waits; see ``WrappedProgram``. Nil where it has none:
    ///     then a script will do.
    package static func findBinary(
        _ name: String, except stranger: String, blocking: ((_ fifo: String) -> [String])? = nil
    ) -> String? {
        let all = (ownPath + systemPath).compactMap { find(name, in: [$0]).flatMap(resolved) }.filter { $0 != stranger }
        if let binary = all.first(where: { !isScript($0) }) { return binary }
        guard let blocking else { return all.first }
        for script in all {
            let found = WrappedProgram.find(behind: script, arguments: blocking).flatMap(resolved)
            if let found, found != stranger { return found }
        }
        return nil
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isScript(_ path: String) -> Bool {
        guard let descriptor = try? Descriptor.open(path, O_RDONLY) else { return false }
        defer { Descriptor.close(descriptor) }
        return (try? Descriptor.read(descriptor, upTo: 2)) == Array("#!".utf8)
    }

    private static var ownPath: [String] {
        getenv("PATH").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
    }

    /// The first of `directories` that holds an executable file `name`, with the name, or nil.
    package static func find(_ name: String, in directories: [String]) -> String? {
        directories.lazy.map { "\($0)/\(name)" }.first { path in
            var information = stat()
            return access(path, X_OK) == 0 && stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        }
    }
}

/// What a tool says about itself.
package enum ToolVersion {
    /// The first line that `path --version` prints, or nil where it fails.
    package static func of(_ path: String) -> String? {
        answer(of: path, arguments: ["--version"])?.split(separator: "\n").first.map(String.init)
    }

    /// All that a program prints when it is asked with `arguments`, or nil where it fails.
    ///
    /// - Parameter name: the name under which it is started, for a program that is several; its file's by default.
    package static func answer(of path: String, arguments: [String], called name: String? = nil) -> String? {
        guard let (status, output) = try? ShortCommand.run(path, arguments, called: name), status == 0 else {
            return nil
        }
        return output
    }
}
