#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds out which program a script starts, by starting it and looking at what runs then.
///
/// No knowledge of version managers and package formats would be as complete: whatever the script does, in the end the real
/// program runs, as the script's process or below it. It is given a named pipe to read, on which it waits until it is ended.
enum WrappedProgram {
    /// How long a script may take to start its program.
    private static let patience = Duration.seconds(10)

    /// The program's path, or nil where the script starts none, or the system has no `/proc` that tells.
    static func find(behind script: String, arguments: (_ fifo: String) -> [String]) -> String? {
        guard let directory = try? RunDirectory() else { return nil }
        defer { directory.end() }
        let fifo = "\(directory.path)/never"
        guard mkfifo(fifo, 0o600) == 0, let null = try? Descriptor.open("/dev/null", O_RDWR) else { return nil }
        defer { Descriptor.close(null) }
        var environment: [String: String] = [:]
        for name in ["PATH", "HOME", "VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION", "ASDF_DIR", "ASDF_DATA_DIR"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        guard
            let process = try? ChildProcess.spawn(
                script, arguments: arguments(fifo), environment: environment,
                descriptors: [0: null, 1: null, 2: null])
        else { return nil }
        let deadline = ContinuousClock.now + patience
        var found: String?
        var hasEnded = false
        let name = script.split(separator: "/").last ?? ""
        repeat {
            let family = [process] + ProcessTree.descendants(of: process)
            found = family.lazy.compactMap(executable).first { $0.split(separator: "/").last?.hasPrefix(name) ?? false }
            hasEnded = ChildProcess.wait(for: process, atMost: .milliseconds(2))
        } while found == nil && !hasEnded && ContinuousClock.now < deadline
        guard !hasEnded else { return found }
        for member in ProcessTree.descendants(of: process) { ChildProcess.send(SIGKILL, to: member) }
        ChildProcess.send(SIGKILL, to: process)
        _ = ChildProcess.wait(for: process)
        return found
    }

    /// What `process` runs, unless that is the interpreter of a script.
    private static func executable(of process: pid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/\(process)/exe", &buffer, buffer.count)
        guard length > 0 else { return nil }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
