import CWorkbench
import Guides
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs the containers of one workbench: what the Docker engine is to `docker`.
///
/// It lives in the workbench's sandbox and ends with it, and everything it has started ends with it. Each request is served
/// on a thread of its own.
final class Supervisor: Sendable {
    /// Where it keeps everything, in the workbench's own memory.
    static let directory = "/var/lib/docker"
    static let socket = "\(directory)/docker.sock"

    let state = Monitor(SupervisorState())
    private let opener: Int32
    private let bubblewrap: String

    /// - Parameter opener: see `workbench_enter_network`.
    init(opener: Int32, bubblewrap: String) {
        self.opener = opener
        self.bubblewrap = bubblewrap
    }

    /// Serves requests until the process is ended.
    func serve(on listener: Int32) {
        while true {
            #if canImport(Glibc)
            let client = Glibc.accept(listener, nil, nil)
            #elseif canImport(Musl)
            let client = Musl.accept(listener, nil, nil)
            #else
            let client = Darwin.accept(listener, nil, nil)
            #endif
            guard client >= 0 else { continue }
            Descriptor.closeOnExec(client)
            BackgroundThread.start { [self] in
                let channel = MessageChannel(descriptor: client)
                defer { Descriptor.close(client) }
                guard let request = try? channel.receive(SupervisorRequest.self) else { return }
                do {
                    try answer(request, channel)
                } catch let failure as ComposeFailure {
                    try? channel.send(SupervisorReply.failed(failure.message, status: failure.status))
                } catch {
                    try? channel.send(SupervisorReply.failed("\(error)", status: 1))
                }
            }
        }
    }

    private func answer(_ request: SupervisorRequest, _ channel: MessageChannel) throws {
        switch request {
        case .ping: try channel.send(SupervisorReply.done)
        case .networks: try channel.send(SupervisorReply.resources(state.withLock { $0.networks.all }))
        case .volumes:
            let volumes = state.withLock { $0.volumes.values.sorted { $0.name < $1.name } }
            try channel.send(SupervisorReply.resources(volumes))
        case .containers: try channel.send(SupervisorReply.containers(state.withLock { $0.infos }))
        case .ensureNetwork(let resource):
            let isNew = try state.withLock { state in
                if state.networks.has(resource.name) { return false }
                try state.networks.make(resource)
                return true
            }
            try channel.send(SupervisorReply.made(isNew))
        case .removeNetwork(let name):
            try state.withLock { state in
                guard state.networks.has(name) else { throw ComposeFailure("network \(name) not found") }
                guard !state.networks.isUsed(name) else {
                    throw ComposeFailure("error while removing network: network \(name) has active endpoints")
                }
                state.networks.remove(name)
            }
            try channel.send(SupervisorReply.done)
        case .ensureVolume(let resource): try channel.send(SupervisorReply.made(ensure(volume: resource)))
        case .removeVolume(let name):
            try remove(volume: name)
            try channel.send(SupervisorReply.done)
        case .create(let spec): try channel.send(SupervisorReply.container(create(spec)))
        case .start(let name, let isAttached):
            try start(name, isAttached ? receiveStandard(channel) : nil)
            try channel.send(SupervisorReply.container(info(name)))
        case .stop(let name, let grace):
            try stop(name, grace: grace.map { Double($0) / 1e9 })
            try channel.send(SupervisorReply.container(info(name)))
        case .kill(let name, let signal):
            try send(signal, to: name)
            try channel.send(SupervisorReply.done)
        case .remove(let name, let force, let volumes):
            try remove(name, force: force, volumes: volumes)
            try channel.send(SupervisorReply.done)
        case .wait(let name, let condition, let seconds):
            try channel.send(SupervisorReply.container(wait(name, for: condition, seconds: seconds)))
        case .logs(let names, let isFollowing): try sendLogs(of: names, isFollowing, channel)
        case .exec(let spec): try channel.send(SupervisorReply.exited(execute(spec, channel)))
        }
    }

    func info(_ name: String) throws -> ContainerInfo {
        guard let record = state.withLock({ $0.find(name) }) else { throw Self.notFound(name) }
        return record.info
    }

    static func notFound(_ name: String) -> ComposeFailure {
        ComposeFailure("Error response from daemon: No such container: \(name)")
    }

    private func receiveStandard(_ channel: MessageChannel) throws -> [Int32] {
        var descriptors: [Int32] = [-1, -1, -1]
        let error = workbench_receive_descriptors(channel.descriptor, &descriptors, 3)
        guard error == 0 else { throw Errno(rawValue: error) }
        return descriptors
    }

    // MARK: Containers

    private func create(_ spec: ContainerSpec) throws -> ContainerInfo {
        let id = Self.newID()
        var spec = spec
        spec.environment["HOSTNAME"] = spec.environment["HOSTNAME"] ?? spec.hostname ?? String(id.prefix(12))
        for index in spec.mounts.indices {
            let mount = spec.mounts[index]
            if mount.kind == .volume, mount.source == nil {
                // A volume without a name belongs to its container.
                let name = Self.newID()
                _ = try ensure(
                    volume: StoredResource(
                        name: name, project: spec.project, key: "", createdAt: Clock.now(), owner: id))
                spec.mounts[index].source = name
            }
            if mount.kind == .bind, let source = mount.source, access(source, F_OK) != 0 {
                guard mount.isShort else {
                    throw ComposeFailure(
                        "Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: \(source)"
                    )
                }
                try Folder.make(source)
            }
        }
        let directory = "\(Self.directory)/containers/\(id)"
        let root = ContainerRoot(path: "\(directory)/root", spec: spec, volumes: "\(Self.directory)/volumes")
        try root.make(id: id)
        let info = try state.withLock { state in
            if let other = state.find(spec.name) {
                throw ComposeFailure(
                    "Error response from daemon: Conflict. The container name \"/\(spec.name)\" is already in use by "
                        + "container \"\(other.info.id)\". You have to remove (or rename) that container to be able to reuse that name."
                )
            }
            let (network, addresses) = try state.networks.connect(id, to: spec.networks.map(\.network))
            let container = Container(
                id: id, spec: spec, root: root, network: network, state: self.state, bubblewrap: bubblewrap)
            var info = ContainerInfo(id: id, spec: spec, createdAt: Clock.now())
            info.addresses = addresses
            info.ports = spec.ports
            state.containers[id] = SupervisorState.Record(container: container, info: info)
            return info
        }
        note(spec)
        updateHosts()
        return info
    }

    private func start(_ name: String, _ standard: [Int32]?) throws {
        guard let record = state.withLock({ $0.find(name) }) else { throw Self.notFound(name) }
        guard record.info.state != .running else { return }
        try publish(record)
        do {
            try record.container.start(standard)
        } catch let failure as ComposeFailure {
            unpublish(record.info.id)
            throw ComposeFailure("Error response from daemon: \(failure.message)", status: 127)
        }
        updateHosts()
        // Its ports and its name go when it ends for good.
        BackgroundThread.start { [self] in
            let id = record.info.id
            let isRemoved = state.wait { state -> Bool? in
                guard let record = state.containers[id] else { return false }
                return record.isBusy ? nil : record.info.spec.isRemovedAtEnd
            }
            unpublish(id)
            updateHosts()
            if isRemoved == true { try? remove(id, force: false, volumes: true) }
        }
    }

    private func publish(_ record: SupervisorState.Record) throws {
        guard record.forwarders.isEmpty else { return }
        let spec = record.info.spec
        var ports = spec.ports
        guard let address = spec.networks.lazy.compactMap({ record.info.addresses[$0.network] }).first else { return }
        var forwarders: [any PortForwarder] = []
        do {
            for index in ports.indices {
                let port = ports[index]
                if port.hostAddress?.contains(":") ?? false { continue }
                let socket = try PublishedSocket(
                    opener: opener, isUDP: port.isUDP, address: port.hostAddress, port: port.published)
                let forwarder: any PortForwarder =
                    port.isUDP
                    ? DatagramForwarder(socket, target: address, targetPort: port.target)
                    : StreamForwarder(socket, target: address, targetPort: port.target)
                forwarders.append(forwarder)
                ports[index].published = forwarder.port
            }
        } catch let failure as ComposeFailure {
            for forwarder in forwarders { forwarder.end() }
            throw ComposeFailure(
                "Error response from daemon: driver failed programming external connectivity on endpoint \(spec.name) "
                    + "(\(record.info.shortID)): \(failure.message)")
        }
        state.withLock { [forwarders, ports] state in
            state.containers[record.info.id]?.forwarders = forwarders
            state.containers[record.info.id]?.info.ports = ports
        }
    }

    /// Ends what listens for a container.
    func unpublish(_ id: String) {
        let forwarders = state.withLock { state in
            defer { state.containers[id]?.forwarders = [] }
            return state.containers[id]?.forwarders ?? []
        }
        for forwarder in forwarders { forwarder.end() }
    }

    /// Adds what stood in for an image to the record that the proof is made from.
    private func note(_ spec: ContainerSpec) {
        let image = ImageReference(spec.image)
        let tree = ConfigTree.map([
            ("name", .text(spec.service.isEmpty ? spec.name : spec.service)), ("image", .text(spec.image)),
            ("servedBy", .text(spec.standIn.servedBy)), ("matches", .bool(spec.standIn.matches(image))),
        ])
        guard let file = try? Descriptor.open(SandboxArguments.standIns, O_WRONLY | O_CREAT | O_APPEND) else { return }
        defer { Descriptor.close(file) }
        try? Descriptor.writeAll(Array("\(tree.json())\n".utf8), to: file)
    }

    static func newID() -> String {
        (0..<8).map { _ in
            let digits = String(UInt32.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
