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

/// Ending containers, looking into them, and what they know of each other.
extension Supervisor {
    /// Asks a container to end, and makes it end when its time is up.
    func stop(_ name: String, grace: Double?) throws {
        guard let record = state.withLock({ $0.find(name) }) else { throw Self.notFound(name) }
        let id = record.info.id
        let spec = record.info.spec
        let process = state.withLock { state -> Int32 in
            state.containers[id]?.isStopping = true
            return state.containers[id]?.info.process ?? 0
        }
        guard record.isBusy else { return }
        if process > 0 { kill(process, Signals.number(spec.stopSignal) ?? SIGTERM) }
        let patience = grace ?? Double(spec.stopGrace.nanoseconds) / 1e9
        let hasEnded = state.wait(seconds: patience) { $0.containers[id]?.isBusy ?? false ? nil : true }
        if hasEnded == nil {
            let process = state.withLock { $0.containers[id]?.info.process ?? 0 }
            if process > 0 { kill(process, SIGKILL) }
            _ = state.wait(seconds: 10) { $0.containers[id]?.isBusy ?? false ? nil : true }
        }
    }

    func send(_ signal: Int32, to name: String) throws {
        guard let record = state.withLock({ $0.find(name) }) else { throw Self.notFound(name) }
        guard record.info.process > 0 else {
            throw ComposeFailure(
                "Error response from daemon: cannot kill container: \(name): container \(record.info.id) is not running"
            )
        }
        if signal == SIGKILL { state.withLock { $0.containers[record.info.id]?.isStopping = true } }
        kill(record.info.process, signal)
        if signal == SIGKILL {
            _ = state.wait(seconds: 10) { $0.containers[record.info.id]?.isBusy ?? false ? nil : true }
        }
    }

    func remove(_ name: String, force: Bool, volumes: Bool) throws {
        guard let record = state.withLock({ $0.find(name) }) else { throw Self.notFound(name) }
        let id = record.info.id
        if record.isBusy {
            guard force else {
                throw ComposeFailure(
                    "Error response from daemon: cannot remove container \"/\(record.info.spec.name)\": container is running: "
                        + "stop the container before removing or force remove")
            }
            try? send(SIGKILL, to: id)
            try stop(id, grace: 0)
        }
        // Whoever waits for its end to do this may come too late to find the container.
        unpublish(id)
        let isGone = state.withLock { state -> Bool in
            guard state.containers.removeValue(forKey: id) != nil else { return true }
            state.networks.disconnect(id)
            return false
        }
        guard !isGone else { return }
        Descriptor.close(record.container.network)
        RunDirectory.remove("\(Self.directory)/containers/\(id)")
        if volumes {
            let own = state.withLock { state in state.volumes.values.filter { $0.owner == id }.map(\.name) }
            for volume in own { try? remove(volume: volume) }
        }
        updateHosts()
    }

    /// Waits until a container satisfies a condition or never will.
    func wait(_ name: String, for condition: WaitCondition, seconds: Double?) throws -> ContainerInfo {
        let info = state.wait(seconds: seconds) { state -> ContainerInfo? in
            guard let record = state.find(name) else { return nil }
            switch condition {
            case .exited: return record.isBusy || record.info.state == .created ? nil : record.info
            case .healthy:
                if record.info.state == .exited || record.info.health == .unhealthy { return record.info }
                return record.info.state == .running && record.info.health ?? .healthy == .healthy ? record.info : nil
            }
        }
        return try info ?? self.info(name)
    }

    func sendLogs(of names: [String], _ isFollowing: Bool, _ channel: MessageChannel) throws {
        var seen: [String: Int] = [:]
        while true {
            var isOver = false
            let lines = state.wait(seconds: isFollowing ? 1 : 0) { state -> [LogLine]? in
                var fresh: [LogLine] = []
                var isAnyBusy = false
                for name in names {
                    guard let record = state.find(name) else { continue }
                    let start = max(0, (seen[name] ?? 0) - record.droppedLines)
                    fresh += record.lines.dropFirst(start)
                    seen[name] = record.droppedLines + record.lines.count
                    isAnyBusy = isAnyBusy || record.isBusy || record.info.state == .created
                }
                if names.count > 1, isFollowing { fresh.sort { $0.time < $1.time } }
                isOver = !isFollowing || !isAnyBusy
                return fresh.isEmpty && !isOver ? nil : fresh
            }
            // An empty message finds out whether anybody still listens.
            try channel.send(SupervisorReply.lines(lines ?? []))
            if isOver { break }
        }
        try channel.send(SupervisorReply.done)
    }

    /// Runs a command in a container. Returns its exit status.
    func execute(_ spec: ExecSpec, _ channel: MessageChannel) throws -> Int {
        var standard: [Int32] = [-1, -1, -1]
        if spec.isDetached {
            for index in standard.indices { standard[index] = try Descriptor.open("/dev/null", O_RDWR) }
        } else {
            let error = workbench_receive_descriptors(channel.descriptor, &standard, 3)
            guard error == 0 else { throw Errno(rawValue: error) }
        }
        let process: pid_t
        do {
            defer { for descriptor in standard { Descriptor.close(descriptor) } }
            guard let record = state.withLock({ $0.find(spec.container) }) else { throw Self.notFound(spec.container) }
            guard record.info.process > 0, record.info.state == .running else {
                throw ComposeFailure(
                    "Error response from daemon: container \(record.info.id) is not running", status: 1)
            }
            let own = record.info.spec
            do {
                process = try InsideProcess.start(
                    record.info.process, arguments: spec.arguments,
                    environment: own.environment.merging(spec.environment) { _, new in new },
                    directory: spec.workingDirectory ?? own.workingDirectory, standard: standard)
            } catch let error where error == .noSuchFileOrDirectory {
                let name = spec.arguments[0]
                let reason =
                    name.contains("/")
                    ? "stat \(name): no such file or directory" : "executable file not found in $PATH"
                throw ComposeFailure(
                    "OCI runtime exec failed: exec failed: unable to start container process: exec: \"\(name)\": \(reason): unknown",
                    status: 127)
            } catch {
                throw ComposeFailure(
                    "OCI runtime exec failed: exec failed: unable to start container process: \(error)", status: 126)
            }
        }
        if spec.isDetached {
            BackgroundThread.start { _ = ChildProcess.wait(for: process) }
            return 0
        }
        return ChildProcess.wait(for: process)
    }

    // MARK: Volumes

    func ensure(volume: StoredResource) throws -> Bool {
        let isNew = state.withLock { state in
            guard state.volumes[volume.name] == nil else { return false }
            state.volumes[volume.name] = volume
            return true
        }
        if isNew { try Folder.make("\(Self.directory)/volumes/\(volume.name)/_data") }
        return isNew
    }

    func remove(volume name: String) throws {
        try state.withLock { state in
            guard state.volumes[name] != nil else {
                throw ComposeFailure("Error response from daemon: get \(name): no such volume")
            }
            let users = state.containers.values.filter { record in
                record.info.spec.mounts.contains { $0.kind == .volume && $0.source == name }
            }
            guard users.isEmpty else {
                throw ComposeFailure(
                    "Error response from daemon: remove \(name): volume is in use - [\(users.map(\.info.id).joined(separator: ", "))]"
                )
            }
            state.volumes[name] = nil
        }
        RunDirectory.remove("\(Self.directory)/volumes/\(name)")
    }

    // MARK: Names

    /// Tells every container the names of the others on its networks. One that has ended has none any more.
    func updateHosts() {
        let records = state.withLock { Array($0.containers.values) }
        let present = records.filter { $0.info.state != .exited }
        for record in records {
            let spec = record.info.spec
            var lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"]
            lines += spec.extraHosts.sorted { $0.key < $1.key }.map { "\($0.value)\t\($0.key)" }
            for attachment in spec.networks {
                if let own = record.info.addresses[attachment.network] {
                    lines.append("\(own)\t\(spec.hostname ?? record.info.shortID)")
                }
                for other in present {
                    guard let address = other.info.addresses[attachment.network],
                        let names = other.info.spec.networks.first(where: { $0.network == attachment.network })?.names
                    else { continue }
                    lines.append("\(address)\t\((names + [other.info.spec.name]).joined(separator: " "))")
                }
            }
            let text = lines.map { "\($0)\n" }.joined()
            // A container that was removed meanwhile needs no names.
            try? record.container.root.write(text, to: "\(record.container.root.path)/etc/hosts")
        }
    }
}

/// Signals by the names that Docker takes.
enum Signals {
    static func number(_ name: String) -> Int32? {
        if let number = Int32(name), number > 0, number < 65 { return number }
        let all: [String: Int32] = [
            "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "TERM": SIGTERM, "USR1": SIGUSR1,
            "USR2": SIGUSR2, "STOP": SIGSTOP, "CONT": SIGCONT, "WINCH": SIGWINCH, "ABRT": SIGABRT,
        ]
        let upper = name.uppercased()
        return all[upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper]
    }
}
