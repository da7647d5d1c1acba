#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process that removes a run's directory when the run is killed and cannot do so itself.
///
/// It reads from a socket whose other end the run alone has. A run that ends well says so; one that is killed hangs up.
struct RunJanitor: Sendable {
    /// Removes again and again, since what ran in the directory may take a moment to end.
    private static let script = """
        read -r word && exit
        left=100
        while [ -e "$1" ] && [ "$left" -gt 0 ]; do
            rm -rf "$1" || { chmod -R u+rwX "$1"; rm -rf "$1"; } || sleep 0.1
            left=$((left - 1))
        done
        """

    private let process: Int32
    private let socket: Int32

    /// Nil where the system allows no further process; then the next run removes what a killed one left.
    init?(of directory: String) {
        guard let (mine, its) = try? Descriptor.socketPair() else { return nil }
        defer { Descriptor.close(its) }
        guard let null = try? Descriptor.open("/dev/null", O_WRONLY) else {
            Descriptor.close(mine)
            return nil
        }
        defer { Descriptor.close(null) }
        do {
            process = try ChildProcess.spawn(
                "/bin/sh", arguments: ["-c", Self.script, "launchpad", directory],
                environment: ["PATH": ExecutableSearch.systemPath.joined(separator: ":")], directory: "/",
                descriptors: [0: its, 1: null, 2: null])
        } catch {
            Descriptor.close(mine)
            return nil
        }
        socket = mine
    }

    /// Sends it away once there is nothing to remove.
    func dismiss() {
        // One that somebody has ended needs no word.
        try? Descriptor.sendAll(Array("done\n".utf8), to: socket)
        Descriptor.close(socket)
        _ = ChildProcess.wait(for: process)
    }
}
