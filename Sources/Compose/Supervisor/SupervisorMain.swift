import CWorkbench
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `launchpad compose-supervisor`: what the first `docker` command in a workbench starts.
package enum SupervisorMain {
    /// The name of the command.
    package static let name = "compose-supervisor"

    /// Serves until the workbench ends. Must be called before the process has a second thread.
    ///
    /// Standard output gets one line, once requests are taken or when they cannot be.
    package static func run() -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        #if os(Linux)
        var opener: Int32 = -1
        let error = workbench_enter_network(&opener)
        guard error == 0 else {
            return fail("this machine allows no network for services: \(Errno(rawValue: error))")
        }
        guard let bubblewrap = ExecutableSearch.find("bwrap") else {
            return fail("services need bubblewrap (bwrap), and it is not on the path")
        }
        do {
            let listener = try UnixSocket.listen(Supervisor.socket)
            let supervisor = Supervisor(opener: opener, bubblewrap: bubblewrap)
            say("ready")
            supervisor.serve(on: listener)
            return 0
        } catch {
            return fail("the supervisor of services cannot listen on \(Supervisor.socket): \(error)")
        }
        #else
        return fail("services are run on Linux only")
        #endif
    }

    private static func fail(_ message: String) -> Int32 {
        say(message)
        return 1
    }

    private static func say(_ line: String) {
        try? Descriptor.writeAll(Array("\(line)\n".utf8), to: STDOUT_FILENO)
        // Whoever waits for the line waits for no more.
        if let null = try? Descriptor.open("/dev/null", O_WRONLY) {
            dup2(null, STDOUT_FILENO)
            Descriptor.close(null)
        }
    }
}

/// Unix sockets with a path.
enum UnixSocket {
    static func listen(_ path: String) throws -> Int32 {
        unlink(path)
        let descriptor = try make()
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0, Self.listen(descriptor) == 0 else {
            let error = Errno(rawValue: errno)
            Descriptor.close(descriptor)
            throw error
        }
        return descriptor
    }

    static func connect(_ path: String) throws -> Int32 {
        let descriptor = try make()
        let result = withAddress(path) { address, length in
            #if canImport(Glibc)
            Glibc.connect(descriptor, address, length)
            #elseif canImport(Musl)
            Musl.connect(descriptor, address, length)
            #else
            Darwin.connect(descriptor, address, length)
            #endif
        }
        guard result == 0 else {
            let error = Errno(rawValue: errno)
            Descriptor.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func listen(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.listen(descriptor, 128)
        #elseif canImport(Musl)
        Musl.listen(descriptor, 128)
        #else
        Darwin.listen(descriptor, 128)
        #endif
    }

    private static func make() throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        Descriptor.closeOnExec(descriptor)
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(100)) + [0]) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
