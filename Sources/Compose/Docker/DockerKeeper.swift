#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Sees to it that nothing of a guide stays behind at the user's Docker engine, even where this process is killed.
///
/// A shell of its own waits at the end of a pipe; when this process closes the other end or is no more, it takes everything down.
final class DockerKeeper: ServicesKeeper {
    private let process: pid_t
    private let lifeline: Int32
    private let events: String
    private let workspace: String
    private let find: @Sendable (String) -> DockerImage?

    /// - Parameters:
    ///   - projects: the names of the compose projects of the guide, none of which exists yet.
    ///   - workspace: absolute path; projects that are started below it are the guide's, whatever they are called.
    ///   - find: what is known of an image.
    init(
        host: DockerHost, projects: [String], workspace: String, find: @escaping @Sendable (String) -> DockerImage?
    ) throws {
        self.workspace = workspace
        self.find = find
        events = "\(workspace).events"
        try Folder.make(Folder.parent(of: events))
        let null = try Descriptor.open("/dev/null", O_RDWR)
        defer { Descriptor.close(null) }
        let pipe = try Descriptor.pipe()
        defer { Descriptor.close(pipe.read) }
        lifeline = pipe.write
        do {
            process = try ChildProcess.spawn(
                "/bin/sh",
                arguments: [
                    "-c", String(decoding: PackageResources.take_down_sh, as: UTF8.self), "take-down", host.program,
                    events,
                    workspace,
                ] + projects,
                environment: ["PATH": ExecutableSearch.systemPath.joined(separator: ":")]
                    .merging(host.environment) { _, own in own },
                directory: "/",
                descriptors: [0: pipe.read, 1: null, 2: null]
            )
        } catch {
            Descriptor.close(pipe.write)
            throw CouldNotRun("/bin/sh could not be started: \(error)")
        }
    }

    func served() -> [StandInProof] {
        struct Start: Decodable {
            var image: String
            var service: String?
            var folder: String?

            enum CodingKeys: String, CodingKey {
                case image
                case service = "com.docker.compose.service"
                case folder = "com.docker.compose.project.working_dir"
            }
        }
        let text = (try? TextFile.read(events)) ?? ""
        var proofs: [StandInProof] = []
        for line in text.split(separator: "\n") {
            guard let start = try? JSONDecoder().decode(Start.self, from: Data(line.utf8)),
                let service = start.service, "\(start.folder ?? "")/".hasPrefix(workspace + "/"),
                let proof = find(start.image)?.proof(service: service), !proofs.contains(proof)
            else { continue }
            proofs.append(proof)
        }
        return proofs
    }

    func end() {
        Descriptor.close(lifeline)
        _ = ChildProcess.wait(for: process)
    }
}
