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

/// The bridges of a supervisor and the addresses on them. Belongs to the supervisor's lock.
struct ContainerNetworks {
    private struct Bridge {
        var resource: StoredResource
        var subnet: Int
        /// Host numbers by container.
        var hosts: [String: Int] = [:]

        var device: String { "br\(subnet)" }
        func address(_ host: Int) -> String { "172.\(17 + subnet).\(host / 256).\(host % 256)" }
    }

    private var bridges: [String: Bridge] = [:]
    private var cables = 0

    var all: [StoredResource] {
        bridges.values.map(\.resource).sorted { $0.name < $1.name }
    }

    func has(_ name: String) -> Bool {
        bridges[name] != nil
    }

    func isUsed(_ name: String) -> Bool {
        !(bridges[name]?.hosts.isEmpty ?? true)
    }

    /// Makes a bridge with an address of the supervisor's own, so that published ports reach it.
    mutating func make(_ resource: StoredResource) throws {
        let used = Set(bridges.values.map(\.subnet))
        guard let subnet = (1...14).first(where: { !used.contains($0) }) else {
            throw ComposeFailure("there are no more networks to be had", help: "remove some: docker compose down")
        }
        let bridge = Bridge(resource: resource, subnet: subnet)
        try check(workbench_network_bridge(bridge.device), "a bridge cannot be made")
        try check(
            workbench_network_address(bridge.device, Self.number(bridge.address(1)), 16), "a bridge gets no address")
        try check(workbench_network_up(bridge.device), "a bridge cannot be switched on")
        bridges[resource.name] = bridge
    }

    mutating func remove(_ name: String) {
        guard let bridge = bridges.removeValue(forKey: name) else { return }
        _ = workbench_network_remove(bridge.device)
    }

    /// Makes the network of a container and connects it.
    ///
    /// - Returns: a descriptor of it, and the container's addresses by network.
    mutating func connect(_ container: String, to names: [String]) throws -> (
        network: Int32, addresses: [String: String]
    ) {
        var plugs: [(cable: String, bridge: String, inner: String, address: String)] = []
        var addresses: [String: String] = [:]
        for (index, name) in names.enumerated() {
            guard var bridge = bridges[name] else {
                throw ComposeFailure("network \(name) declared as external, but could not be found")
            }
            let used = Set(bridge.hosts.values)
            guard let host = (2...65000).first(where: { !used.contains($0) }) else {
                throw ComposeFailure("the network \(name) is full")
            }
            bridge.hosts[container] = host
            bridges[name] = bridge
            cables += 1
            plugs.append(("c\(cables)", bridge.device, "eth\(index)", bridge.address(host)))
            addresses[name] = bridge.address(host)
        }
        let home = try Descriptor.open("/proc/self/ns/net", O_RDONLY)
        defer { Descriptor.close(home) }
        // A thread has a network of its own, so the work in the new one is done by a thread that ends with it.
        let outcome = Monitor<(network: Int32, error: Int32)?>(nil)
        BackgroundThread.start { [plugs] in
            var network: Int32 = -1
            var error = workbench_new_thread_network(&network)
            if error == 0 { error = workbench_network_up("lo") }
            // Ports below 1024 are nothing special in a container.
            if let file = try? Descriptor.open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY) {
                try? Descriptor.writeAll(Array("0".utf8), to: file)
                Descriptor.close(file)
            }
            for plug in plugs where error == 0 {
                error = workbench_enter_thread_network(home)
                if error == 0 { error = workbench_network_cable(plug.cable, plug.bridge, network, plug.inner) }
                if error == 0 { error = workbench_enter_thread_network(network) }
                if error == 0 { error = workbench_network_address(plug.inner, Self.number(plug.address), 16) }
                if error == 0 { error = workbench_network_up(plug.inner) }
            }
            outcome.withLock { [network, error] in $0 = (network, error) }
        }
        let (network, error) = outcome.wait { $0 } ?? (-1, EIO)
        guard error == 0 else {
            disconnect(container)
            if network >= 0 { Descriptor.close(network) }
            throw ComposeFailure("the network of \(container) cannot be made: \(Errno(rawValue: error))")
        }
        return (network, addresses)
    }

    /// Gives the addresses of a container back. Its cables go with its network.
    mutating func disconnect(_ container: String) {
        for name in bridges.keys { bridges[name]?.hosts[container] = nil }
    }

    private func check(_ error: Int32, _ what: String) throws {
        guard error == 0 else {
            throw ComposeFailure(
                "\(what): \(Errno(rawValue: error))", help: "`launchpad doctor` says what this machine allows")
        }
    }

    /// An IPv4 address in network order.
    static func number(_ address: String) -> UInt32 {
        var result = in_addr()
        inet_pton(AF_INET, address, &result)
        return result.s_addr
    }
}
