import Guides
package import Proving
import Synchronization
package import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The real Docker engine with the real Compose, on the machine itself; other tools are those of another engine.
///
/// It is the user's own, which holds things of theirs. A guide runs only where none of its names and ports is taken, and everything
/// under its names is taken down in the end.
package struct DockerEngine: Engine {
    private let base: any Engine
    private let host: DockerHost
    private let images = ImageMemory()

    package let identity: EngineIdentity
    package let tools: [String: String]
    package let supplies: WorkbenchSupplies

    /// - Parameter base: what stands behind `nats-server` and `nats`.
    package init(base: any Engine, host: DockerHost) {
        self.base = base
        self.host = host
        identity = EngineIdentity(name: "docker", version: "\(host.version), \(base.identity.version)")
        tools = base.tools.merging(["docker": host.program, "docker-compose": host.compose]) { _, own in own }
        var supplies = base.supplies
        supplies.environment["DOCKER_HOST"] = "unix://\(host.socket)"
        // Where `docker` looks for `docker compose`; the user's own settings hold credentials.
        supplies.folders["\(SandboxArguments.home)/.docker/cli-plugins/docker-compose"] = host.compose
        supplies.machine = MachineAccess(sockets: [host.socket])
        self.supplies = supplies
    }

    package func offers(_ engine: String) -> Bool { engine == identity.name || base.offers(engine) }

    package func broker(configuration: String, statusDirectory: String) -> BrokerCommand {
        base.broker(configuration: configuration, statusDirectory: statusDirectory)
    }

    package func services(configuration: String) -> String? {
        "docker compose --file \(ShellQuoting.word(configuration)) up --detach --wait"
    }

    package func identities(ofServicesIn files: [TangledFile]) -> [String: String] {
        let names = Set(ComposeFacts.all(in: files).flatMap(\.images))
        return Dictionary(uniqueKeysWithValues: names.map { ("image \($0)", images.find($0, host)?.id ?? "not here") })
    }

    package func obstacle(toServicesIn files: [TangledFile]) -> String? {
        let all = ComposeFacts.all(in: files)
        for facts in all {
            for image in facts.images where images.find(image, host) == nil {
                if let reason = images.pull(image, host) {
                    return "not run: the image \(image) is not at this Docker engine and cannot be pulled: \(reason)"
                }
            }
        }
        return all.lazy.compactMap { takenName(in: $0) ?? takenPort(in: $0) }.first
    }

    package func obstacle(toCommand command: String) -> String? {
        let words = command.split(whereSeparator: { $0.isWhitespace || $0 == ";" || $0 == "(" })
        for (word, next) in zip(words, words.dropFirst()) where word == "docker" && ["run", "create"].contains(next) {
            return "not run: what docker \(next) starts cannot be told from what others run at this Docker engine"
        }
        return nil
    }

    package func keepServices(of files: [TangledFile], in workspace: String) throws -> (any ServicesKeeper)? {
        try DockerKeeper(host: host, projects: ComposeFacts.all(in: files).map(\.project), workspace: workspace) {
            [images, host] in images.find($0, host)
        }
    }

    /// Somebody's containers or volumes under the names of the guide.
    private func takenName(in facts: ComposeFacts) -> String? {
        let filter = "label=com.docker.compose.project=\(facts.project)"
        let found = [
            ("container", host.answer("ps", "--all", "--quiet", "--filter", filter)),
            ("volume", host.answer("volume", "ls", "--quiet", "--filter", filter)),
            ("network", host.answer("network", "ls", "--quiet", "--filter", filter)),
        ].compactMap { kind, lines -> String? in
            let count = lines?.split(separator: "\n").count ?? 0
            return count == 0 ? nil : "\(count) \(kind)\(count == 1 ? "" : "s")"
        }
        if !found.isEmpty {
            return "not run: the project \(facts.project) of \(facts.file) is in use at this Docker engine "
                + "(\(found.joined(separator: ", "))): docker compose -p \(facts.project) down -v removes it with its data"
        }
        for name in facts.containers where host.answer("container", "inspect", "--format", "{{.Id}}", name) != nil {
            return
                "not run: this Docker engine has a container \(name) already, as \(facts.file) wants to name one of its own"
        }
        return nil
    }

    private func takenPort(in facts: ComposeFacts) -> String? {
        let taken = facts.ports.first { !PortProbe.isFree($0.number, address: $0.address, isUDP: $0.isUDP) }
        return taken.map { "not run: the port \($0.number), which \(facts.file) publishes, is taken on this machine" }
    }
}

/// What is known of the images of one engine, so that it is asked once for each.
private final class ImageMemory: Sendable {
    private let known = Mutex<[String: DockerImage]>([:])
    private let problems = Mutex<[String: String]>([:])

    func find(_ name: String, _ host: DockerHost) -> DockerImage? {
        if let image = known.withLock({ $0[name] }) { return image }
        let image = host.image(name)
        if let image { known.withLock { $0[name] = image } }
        return image
    }

    /// Returns why it cannot be had.
    func pull(_ name: String, _ host: DockerHost) -> String? {
        if let problem = problems.withLock({ $0[name] }) { return problem }
        let problem = host.pull(name)
        if let problem { problems.withLock { $0[name] = problem } }
        return problem
    }
}

/// Whether a port of this machine can be had.
enum PortProbe {
    /// - Parameter address: IPv4; nil and others mean all addresses.
    static func isFree(_ port: UInt16, address: String?, isUDP: Bool) -> Bool {
        #if canImport(Glibc)
        let kind = Int32((isUDP ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        #else
        let kind = isUDP ? SOCK_DGRAM : SOCK_STREAM
        #endif
        let probe = socket(AF_INET, kind, 0)
        guard probe >= 0 else { return true }
        defer { close(probe) }
        // As servers do it; only what listens now is in the way.
        var yes: Int32 = 1
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        if let address, inet_pton(AF_INET, address, &name.sin_addr) != 1 { name.sin_addr.s_addr = INADDR_ANY }
        let result = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 || errno != EADDRINUSE
    }
}
