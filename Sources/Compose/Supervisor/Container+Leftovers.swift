import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a container leaves behind where it has no process tree of its own, with which the kernel would end it.
extension Container {
    /// How often it is looked whether the container's program has ended.
    private static let pause: UInt32 = 20_000

    /// Ends everything that is still in the container once its program has ended.
    ///
    /// - Parameter first: the container's program.
    func endLeftovers(of first: pid_t) {
        guard !ContainerRoot.hasOwnProcesses, let namespace = Self.userNamespace(of: first) else { return }
        BackgroundThread.start {
            while kill(first, 0) == 0 { usleep(Self.pause) }
            // Once more for those that were started meanwhile.
            for _ in 0..<2 {
                for process in ProcessTree.all() where Self.userNamespace(of: process) == namespace {
                    kill(process, SIGKILL)
                }
            }
        }
    }

    /// Each container has a user namespace of its own, which tells its processes from others.
    private static func userNamespace(of process: pid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/\(process)/ns/user", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
