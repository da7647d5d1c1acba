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

/// A command's way to the supervisor of its workbench.
struct SupervisorClient: Sendable {
    /// Absolute path of this program.
    let executable: String

    /// Makes sure that there is a supervisor.
    func start() throws {
        if (try? ask(.ping)) != nil { return }
        guard access(Supervisor.directory, W_OK) == 0, access(ImageCatalog.path, R_OK) == 0 else {
            throw ComposeFailure(
                "Cannot connect to the Docker daemon: services are run inside the workbench of a guide only",
                help: "run the guide: launchpad check")
        }
        // One at a time: the second one finds what the first has started.
        let lock = try Descriptor.open("\(Supervisor.directory)/lock", O_RDWR | O_CREAT)
        defer { Descriptor.close(lock) }
        flock(lock, LOCK_EX)
        if (try? ask(.ping)) != nil { return }
        let pipe = try Descriptor.pipe()
        defer { Descriptor.close(pipe.read) }
        let null = try Descriptor.open("/dev/null", O_RDONLY)
        let log = try Descriptor.open("\(Supervisor.directory)/supervisor.log", O_WRONLY | O_CREAT | O_APPEND)
        do {
            defer { for descriptor in [pipe.write, null, log] { Descriptor.close(descriptor) } }
            let environment = [
                "PATH": ExecutableSearch.systemPath.joined(separator: ":"), "LANG": "C.UTF-8", "TZ": "UTC",
            ]
            _ = try ChildProcess.spawn(
                executable, arguments: [SupervisorMain.name], called: "launchpad", environment: environment,
                directory: "/", descriptors: [0: null, 1: pipe.write, 2: log])
        }
        var said: [UInt8] = []
        while let bytes = try Descriptor.read(pipe.read, upTo: 1024), !bytes.isEmpty { said += bytes }
        let line = String(decoding: said, as: UTF8.self).trimmed
        guard line == "ready" else {
            throw ComposeFailure(
                line.isEmpty ? "the supervisor of services ended before it was ready" : line,
                help: "`launchpad doctor` says what this machine allows")
        }
    }

    /// Sends a request and returns the (first) answer.
    ///
    /// - Parameter standard: descriptors that go with it.
    /// - Throws: ``ComposeFailure`` where the supervisor refuses.
    @discardableResult
    func ask(_ request: SupervisorRequest, standard: [Int32]? = nil) throws -> SupervisorReply {
        let channel = MessageChannel(descriptor: try UnixSocket.connect(Supervisor.socket))
        defer { Descriptor.close(channel.descriptor) }
        try channel.send(request)
        if let standard {
            let error = workbench_send_descriptors(channel.descriptor, standard, Int32(standard.count))
            guard error == 0 else { throw Errno(rawValue: error) }
        }
        return try reply(channel)
    }

    /// Sends a request that is answered by several messages, and hands over the lines.
    func follow(_ request: SupervisorRequest, _ body: ([LogLine]) throws -> Void) throws {
        let channel = MessageChannel(descriptor: try UnixSocket.connect(Supervisor.socket))
        defer { Descriptor.close(channel.descriptor) }
        try channel.send(request)
        while case .lines(let lines) = try reply(channel) { try body(lines) }
    }

    private func reply(_ channel: MessageChannel) throws -> SupervisorReply {
        guard let reply = try channel.receive(SupervisorReply.self) else {
            throw ComposeFailure("the supervisor of services has gone")
        }
        if case .failed(let message, let status) = reply { throw ComposeFailure(message, status: status) }
        return reply
    }

    // MARK: Answers of one kind

    func containers() throws -> [ContainerInfo] {
        if case .containers(let list) = try ask(.containers) { list } else { [] }
    }

    func resources(_ request: SupervisorRequest) throws -> [StoredResource] {
        if case .resources(let list) = try ask(request) { list } else { [] }
    }

    func container(_ request: SupervisorRequest, standard: [Int32]? = nil) throws -> ContainerInfo {
        guard case .container(let info) = try ask(request, standard: standard) else {
            throw ComposeFailure("the supervisor of services answered out of turn")
        }
        return info
    }
}
