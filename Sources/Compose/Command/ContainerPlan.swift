import Crypto
import Guides
import Proving

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes a container's specification from a service and the program that stands in for its image.
struct ContainerPlan {
    let project: ComposeProject
    let catalog: ImageCatalog

    /// What a container is called that is the only one of its service.
    func name(of service: Service) -> String {
        service.containerName ?? "\(project.name)-\(service.name)-1"
    }

    /// Over everything that makes a container what it is: one with another hash is made anew.
    func hash(of service: Service) -> String {
        let tree = ConfigTree.map([
            ("service", service.config()), ("project", .text(project.name)),
            ("standIn", .text(catalog.standIns[ImageReference(service.image).name]?.servedBy ?? "")),
        ])
        return SHA256.hash(data: Array(tree.json().utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    /// - Parameters:
    ///   - name: the container's name.
    ///   - command: takes the place of the service's, for `docker compose run`.
    func specification(of service: Service, name: String, command: [String]? = nil) throws -> ContainerSpec {
        let image = ImageReference(service.image)
        guard let standIn = catalog.standIns[image.name] else {
            throw DiagnosticsError([
                Diagnostic(
                    code: "no-stand-in", catalog.obstacle(service.image) ?? "nothing stands in for \(service.image)",
                    file: service.imagePlace.file, range: service.imagePlace.range,
                    help:
                        "name a program of this machine in launchpad.yml: images: {\(image.name): {program: …}}, or run "
                        + "the guide with --engine docker")
            ])
        }
        let map = standIn.map
        var spec = ContainerSpec(
            name: name, project: project.name, service: service.name, image: service.image, standIn: standIn,
            arguments: [], environment: environment(of: service, standIn),
            workingDirectory: service.workingDirectory ?? map.workingDirectory,
            user: try user(of: service) ?? map.user ?? "0")
        let script = try map.script.map { try StandInScripts.text($0) }
        if let script { spec.files["\(ContainerRoot.tools)/\(StandInScripts.name)"] = script }
        spec.files.merge(map.files) { own, _ in own }
        for (name, script) in map.commands {
            spec.files["\(ContainerRoot.tools)/\(name)"] = try StandInScripts.text(script)
        }
        let ownEntry = script == nil ? map.entrypoint : [StandInScripts.name]
        let entry = service.entrypoint ?? ownEntry
        let words = command ?? service.command ?? (service.entrypoint == nil ? map.command : [])
        spec.arguments = entry + words
        guard !spec.arguments.isEmpty else {
            throw ComposeFailure("no command specified for service \(service.name)")
        }
        spec.hostname = service.hostname
        spec.mounts = try mounts(of: service, map)
        spec.tmpfs = service.tmpfs
        spec.ports = service.ports
        spec.networks = service.networks.keys.sorted().map { key in
            let own = [service.name] + (service.networks[key] ?? [])
            return ContainerSpec.Attachment(network: project.networks[key]?.name ?? key, names: own)
        }
        for host in service.extraHosts {
            spec.extraHosts[host.name] = host.address == "host-gateway" ? "172.18.0.1" : host.address
        }
        spec.health = service.healthcheck
        spec.restart = service.restart ?? .no
        spec.stopSignal = service.stopSignal ?? map.stopSignal ?? "SIGTERM"
        spec.hasInit = service.hasInit ?? false
        spec.stopGrace = service.stopGrace ?? .seconds(10)
        spec.isReadOnly = service.isReadOnly
        spec.labels = service.labels
        spec.labels["com.docker.compose.project"] = project.name
        spec.labels["com.docker.compose.service"] = service.name
        spec.labels["com.docker.compose.config-hash"] = hash(of: service)
        spec.labels["com.docker.compose.container-number"] = "1"
        spec.labels["com.docker.compose.oneoff"] = "False"
        spec.labels["com.docker.compose.project.config_files"] = project.files.joined(separator: ",")
        spec.labels["com.docker.compose.project.working_dir"] = project.directory
        spec.labels["com.docker.compose.version"] = DockerCommands.composeVersion
        return spec
    }

    private func environment(of service: Service, _ standIn: StandIn) -> [String: String] {
        let folder = standIn.path.prefix(upTo: standIn.path.lastIndex(of: "/") ?? standIn.path.endIndex)
        let ownCommands = standIn.map.script != nil || !standIn.map.tools.isEmpty || !standIn.map.commands.isEmpty
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        var result = [
            // What lies in a folder of its own brings its other programs along.
            "PATH": (ownCommands ? "\(ContainerRoot.tools):" : "") + (standIn.map.search.isEmpty ? "" : "\(folder):")
                + system,
            "HOME": standIn.map.user == nil ? "/root" : "/", "LANG": "C.UTF-8", "TZ": "UTC",
        ]
        result["STAND_IN_TEMPLATE"] = standIn.template
        result.merge(standIn.map.environment) { _, new in new }
        for (name, value) in service.environment {
            // Without a value the container does not get the variable.
            if let value { result[name] = value }
        }
        if let hostname = service.hostname { result["HOSTNAME"] = hostname }
        return result
    }

    private func user(of service: Service) throws -> String? {
        guard let user = service.user else { return nil }
        if user == "root" { return "0" }
        guard user.split(separator: ":").allSatisfy({ Int($0) != nil }) else {
            throw ComposeFailure(
                "unable to find user \(user): no matching entries in passwd file",
                help: "give its number: user: \"1000\"")
        }
        return user
    }

    private func mounts(of service: Service, _ map: ImageStandIn) throws -> [Mount] {
        var mounts = service.mounts.map { mount in
            var mount = mount
            if mount.kind == .volume { mount.source = mount.source.map { project.volumes[$0]?.name ?? $0 } }
            return mount
        }
        // What the image keeps in volumes is kept without being asked for.
        for path in map.volumes where !mounts.contains(where: { $0.target == path || path.hasPrefix($0.target + "/") })
        {
            mounts.append(Mount(kind: .volume, target: path))
        }
        return mounts
    }
}

/// The scripts that are the entry points of stand-ins.
enum StandInScripts {
    /// What a container's script is called, as in the images that have one.
    static let name = "docker-entrypoint.sh"

    private static var all: [String: [UInt8]] {
        [
            "postgres.sh": PackageResources.postgres_sh, "minio.sh": PackageResources.minio_sh,
            "rclone-s3.sh": PackageResources.rclone_s3_sh, "rclone-mc.sh": PackageResources.rclone_mc_sh,
            "s3-front.pl": PackageResources.s3_front_pl,
        ]
    }

    static func text(_ name: String) throws(ComposeFailure) -> String {
        guard let bytes = all[name] else {
            throw ComposeFailure(
                "there is no script \"\(name)\" for stand-ins",
                help: "valid: \(all.keys.sorted().joined(separator: ", "))")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ImageCatalog {
    /// The catalog of the workbench that this process runs in.
    static func ofWorkbench() throws(ComposeFailure) -> ImageCatalog {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            return try JSONDecoder().decode(ImageCatalog.self, from: data)
        } catch {
            throw ComposeFailure("\(path) cannot be read: \(error)")
        }
    }
}
