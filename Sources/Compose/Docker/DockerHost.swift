#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Proving

/// The Docker engine of this machine, asked by its own command line.
package struct DockerHost: Sendable {
    /// Absolute path of `docker`.
    let program: String
    /// Absolute path of Compose, which is both a plugin of it and a program.
    let compose: String
    /// Absolute path of the engine's socket.
    let socket: String
    /// `Docker Engine 28.2.2, Docker Compose 5.6.1`.
    let version: String
    /// What the command line needs outside of workbenches: it pulls with the user's own credentials.
    let environment: [String: String]

    /// Finds the engine that the user's own `docker` speaks to.
    ///
    /// - Parameter executable: absolute path of the `launchpad` binary, which may be on the path as `docker`, too.
    /// - Throws: ``CouldNotRun`` where there is none, or one on another machine.
    package static func find(besides executable: String) throws -> DockerHost {
        guard let program = ExecutableSearch.findBinary("docker", except: executable) else {
            throw CouldNotRun(
                "--engine docker needs Docker, and there is no docker on the path",
                help:
                    "install it (https://docs.docker.com/get-docker/), or leave --engine out to use the bundled engine"
            )
        }
        let own = ProcessInfo.processInfo.environment
        var environment: [String: String] = [:]
        for (name, value) in own where name == "HOME" || name == "PATH" || name.hasPrefix("DOCKER_") {
            environment[name] = value
        }
        func ask(_ arguments: String...) throws -> (status: Int, output: String) {
            let (status, output) = try ShortCommand.run(program, arguments, environment: environment)
            return (status, trimmed(output))
        }
        // With DOCKER_HOST, a context, or neither: it knows best.
        let endpoint = try ask("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
        guard endpoint.status == 0, endpoint.output.hasPrefix("unix://") else {
            throw CouldNotRun(
                "--engine docker needs an engine on this machine, and docker speaks to \(endpoint.output)",
                help: "guides reach what services publish on localhost, and services read the files of guides: unset "
                    + "DOCKER_HOST, or choose another context (docker context use default)"
            )
        }
        let server = try ask("version", "--format", "{{.Server.Version}}")
        guard server.status == 0 else {
            throw CouldNotRun(
                "--engine docker needs a running Docker engine: "
                    + (server.output.split(separator: "\n").last.map(String.init) ?? "docker version fails"),
                help:
                    "start it (sudo systemctl start docker, or Docker Desktop), and see that you may use it: docker info"
            )
        }
        guard let compose = findCompose(program, environment, except: executable) else {
            throw CouldNotRun(
                "--engine docker needs Docker Compose v2, and docker has no plugin of that name",
                help: "install it: https://docs.docker.com/compose/install/"
            )
        }
        let (_, said) = try ShortCommand.run(compose, ["version", "--short"], environment: environment)
        let composeVersion = said.split(whereSeparator: \.isWhitespace).last.map { $0.drop { $0 == "v" } } ?? ""
        return DockerHost(
            program: program,
            compose: compose,
            socket: String(endpoint.output.dropFirst("unix://".count)),
            version: "Docker Engine \(server.output), Docker Compose \(composeVersion)",
            environment: environment
        )
    }

    /// For people: versions, and where it listens.
    package var description: String { "\(version) (\(socket))" }

    /// Where Docker looks for its plugins, then the path.
    private static func findCompose(
        _ program: String, _ environment: [String: String], except executable: String
    ) -> String? {
        let own = environment["DOCKER_CONFIG"] ?? environment["HOME"].map { "\($0)/.docker" }
        let folders = [
            "/usr/local/lib/docker", "/usr/local/libexec/docker", "/usr/lib/docker", "/usr/libexec/docker",
            "/opt/homebrew/lib/docker", "/Applications/Docker.app/Contents/Resources",
        ]
        let all = ((own.map { [$0] } ?? []) + folders).map { "\($0)/cli-plugins" }
        return ExecutableSearch.find("docker-compose", in: all)
            ?? ExecutableSearch.findBinary("docker-compose", except: executable)
    }

    /// Asks the engine something. Returns what it says, without the white space around it; nil where it fails.
    func answer(_ arguments: String...) -> String? {
        guard let (status, output) = try? ShortCommand.run(program, arguments, environment: environment), status == 0
        else { return nil }
        return Self.trimmed(output)
    }

    /// `text` without the white space at its end.
    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// Fetches an image. Returns why it cannot be had, nil where it is here now.
    func pull(_ image: String) -> String? {
        guard
            let (status, output) = try? ShortCommand.run(program, ["pull", "--quiet", image], environment: environment)
        else { return "docker cannot be started" }
        return status == 0 ? nil : output.split(separator: "\n").last.map(String.init) ?? "exit status \(status)"
    }

    /// What is known of an image that is here.
    func image(_ name: String) -> DockerImage? {
        answer("image", "inspect", "--format", "{{json .}}", name).flatMap { DockerImage(name: name, inspected: $0) }
    }
}

/// An image of a Docker engine.
struct DockerImage: Sendable, Hashable {
    /// As the compose file has it.
    var name: String
    /// `sha256:…`
    var id: String
    /// What is inside, where it was made of the programs of a machine; empty for every other image.
    var contents: String
    var version: String
    /// Whether it holds the very software whose name it has.
    var isOriginal: Bool

    /// - Parameter text: what `docker image inspect` says of it in JSON. Few images have labels.
    init?(name: String, inspected text: String) {
        struct Inspection: Decodable {
            struct Config: Decodable {
                var labels: [String: String]?

                enum CodingKeys: String, CodingKey {
                    case labels = "Labels"
                }
            }

            var id: String
            var config: Config?

            enum CodingKeys: String, CodingKey {
                case id = "Id"
                case config = "Config"
            }
        }
        guard let image = try? JSONDecoder().decode(Inspection.self, from: Data(text.utf8)) else { return nil }
        self.name = name
        id = image.id
        func label(_ name: String) -> String { image.config?.labels?["org.launchpad.\(name)"] ?? "" }
        contents = label("contents")
        version = label("version")
        isOriginal = label("original") == "true"
    }

    /// What a proof says of it.
    func proof(service: String) -> StandInProof {
        let isReal = contents.isEmpty
        return StandInProof(
            name: service,
            image: name,
            servedBy: isReal ? "the image itself, \(id.prefix(19))" : contents,
            matches: isReal || (isOriginal && ImageReference(name).matches(version: version))
        )
    }
}
