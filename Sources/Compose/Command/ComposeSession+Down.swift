import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `down`, `stop`, `restart`, `kill`, `rm`: ending services.
extension ComposeSession {
    func down(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        let seconds = try flags.number("timeout")
        let all = try containers(of: project)
        // Others stay: containers of `run`, and those of services that are gone or whose profile is off.
        let names = Set(try chosen([], in: project).map(\.name))
        let own = all.filter { info in
            flags.has("remove-orphans") || !info.spec.isOneOff && names.contains(info.spec.service)
        }
        // Those that need others end before them.
        let order = inOrder(project.services, of: project).map(\.name)
        let sorted = own.sorted { left, right in
            (order.firstIndex(of: left.spec.service) ?? .max) > (order.firstIndex(of: right.spec.service) ?? .max)
        }
        try inParallel(order.reversed() + [nil]) { name in
            let mine = sorted.filter { name == nil ? !order.contains($0.spec.service) : $0.spec.service == name }
            try remove(mine, volumes: flags.has("volumes"), seconds: seconds)
        } after: { name in
            project.services.filter { service in service.dependencies.contains { $0.service == name } }.map(\.name)
        }
        let networks = try client.resources(.networks)
        for network in networks where network.project == project.name {
            if own.count < all.count {
                tell("Network", network.name, "Resource is still in use")
                continue
            }
            tell("Network", network.name, "Removing")
            try client.ask(.removeNetwork(network.name))
            tell("Network", network.name, "Removed")
        }
        if flags.has("volumes") {
            for volume in try client.resources(.volumes) where volume.project == project.name && volume.owner == nil {
                guard !(project.volumes[volume.key]?.isExternal ?? false) else { continue }
                tell("Volume", volume.name, "Removing")
                try client.ask(.removeVolume(volume.name))
                tell("Volume", volume.name, "Removed")
            }
        }
        return 0
    }

    func remove(_ containers: [ContainerInfo], volumes: Bool, seconds: Int?) throws {
        for info in containers {
            tell("Container", info.spec.name, "Stopping")
            _ = try client.ask(.stop(info.id, graceNanoseconds: seconds.map { $0 * 1_000_000_000 }))
            tell("Container", info.spec.name, "Stopped")
            tell("Container", info.spec.name, "Removing")
            try client.ask(.remove(info.id, force: true, volumes: volumes))
            tell("Container", info.spec.name, "Removed")
        }
    }

    func stop(_ services: [Service], of project: ComposeProject, seconds: Int?) throws {
        let existing = try containers(of: project)
        try inParallel(services.map(\.name)) { name in
            for info in existing
            where info.spec.service == name && info.state != .created && !info.spec.isOneOff {
                tell("Container", info.spec.name, "Stopping")
                _ = try client.ask(.stop(info.id, graceNanoseconds: seconds.map { $0 * 1_000_000_000 }))
                tell("Container", info.spec.name, "Stopped")
            }
        } after: { name in
            services.filter { service in service.dependencies.contains { $0.service == name } }.map(\.name)
        }
    }

    func restart(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        var services = try chosen(flags.arguments, in: project)
        if !flags.has("no-deps") {
            let names = Set(services.map(\.name))
            services += project.services.filter { service in
                !names.contains(service.name)
                    && service.dependencies.contains { $0.restarts && names.contains($0.service) }
            }
        }
        let existing = try containers(of: project)
        let seconds = try flags.number("timeout")
        for service in inOrder(services, of: project, withNeeds: false) {
            for info in existing where info.spec.service == service.name && !info.spec.isOneOff {
                tell("Container", info.spec.name, "Restarting")
                _ = try client.ask(.stop(info.id, graceNanoseconds: seconds.map { $0 * 1_000_000_000 }))
                _ = try client.container(.start(info.id, isAttached: false))
                tell("Container", info.spec.name, "Started")
            }
        }
        return 0
    }

    func kill(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        let name = flags.value("signal") ?? "SIGKILL"
        guard let signal = Signals.number(name) else { throw ComposeFailure("invalid signal: \(name)") }
        let services = try chosen(flags.arguments, in: project).map(\.name)
        let running = try containers(of: project).filter { $0.isRunning && services.contains($0.spec.service) }
        if running.isEmpty { Console.printError("No container to kill\n") }
        for info in running {
            tell("Container", info.spec.name, "Killing")
            try client.ask(.kill(info.id, signal: signal))
            tell("Container", info.spec.name, "Killed")
        }
        return 0
    }

    func remove(_ flags: ParsedFlags) throws -> Int32 {
        let project = try begin()
        let services = try chosen(flags.arguments, in: project)
        if flags.has("stop") { try stop(services, of: project, seconds: nil) }
        let names = services.map(\.name)
        let stopped = try containers(of: project).filter { names.contains($0.spec.service) && !$0.isRunning }
        guard !stopped.isEmpty else {
            Console.printError("No stopped containers\n")
            return 0
        }
        guard flags.has("force") || flags.has("stop") else {
            throw ComposeFailure(
                "? Going to remove \(stopped.map(\.spec.name).joined(separator: ", ")): nobody is there to be asked",
                help: "add --force")
        }
        Console.print("Going to remove \(stopped.map(\.spec.name).joined(separator: ", "))\n")
        for info in stopped {
            tell("Container", info.spec.name, "Removing")
            try client.ask(.remove(info.id, force: true, volumes: flags.has("volumes")))
            tell("Container", info.spec.name, "Removed")
        }
        return 0
    }
}
