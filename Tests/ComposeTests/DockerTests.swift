import Guides
import Proving
import Tangling
import Testing

@testable import Compose

@Suite("A real Docker engine")
struct DockerTests {
    private func facts(_ text: String, at path: String = "ops/compose.yml") -> ComposeFacts? {
        ComposeFacts(TangledFile(path: path, contents: Array(text.utf8), guide: "docs/a.md", parts: []))
    }

    @Test(
        "The ports that a service takes on the machine are known in every form",
        arguments: [
            ("\"4222:4222\"", [ComposeFacts.PublishedPort(address: nil, number: 4222, isUDP: false)]),
            ("\"127.0.0.1:80:8080\"", [.init(address: "127.0.0.1", number: 80, isUDP: false)]),
            ("\"53:53/udp\"", [.init(address: nil, number: 53, isUDP: true)]),
            ("\"[::1]:80:80\"", [.init(address: "::1", number: 80, isUDP: false)]),
            (
                "\"7000-7001:8000-8001\"",
                [.init(address: nil, number: 7000, isUDP: false), .init(address: nil, number: 7001, isUDP: false)]
            ),
            (
                "{target: 80, published: \"81\", host_ip: 10.0.0.1}",
                [.init(address: "10.0.0.1", number: 81, isUDP: false)]
            ),
            // The system chooses one.
            ("\"80\"", []), ("80", []), ("{target: 80}", []), ("\"127.0.0.1::80\"", []),
        ])
    func ports(entry: String, expected: [ComposeFacts.PublishedPort]) {
        #expect(facts("services:\n  a:\n    image: x\n    ports:\n      - \(entry)\n")?.ports == expected)
    }

    @Test(
        "A project is called as its file says, else as its folder is",
        arguments: [
            ("name: shop\n", "ops/compose.yml", "shop"), ("", "ops/compose.yml", "ops"),
            ("", "a/My.Shop_2/docker-compose.yaml", "myshop_2"), ("", "compose.yml", "workspace"),
        ])
    func project(head: String, path: String, expected: String) {
        #expect(facts(head + "services:\n  a: {image: x}\n", at: path)?.project == expected)
    }

    @Test("Services are known with their images, and containers with names of their own; other files say nothing")
    func services() {
        let text = "services:\n  a: {image: \"nats:${TAG:-2}\", container_name: one}\n  b: {build: .}\n"
        #expect(facts(text)?.images == ["nats:2"])
        #expect(facts(text)?.containers == ["one"])
        #expect(facts(text, at: "ops/other.yml") == nil)
        #expect(facts("services: [", at: "ops/compose.yml") == nil)
    }

    @Test(
        "An image that was made of a machine's programs is no proof of its name, unless the version fits; a real one is"
    )
    func proofs() throws {
        var image = try #require(
            DockerImage(name: "postgres:16-alpine", inspected: #"{"Id": "sha256:0123456789abcdef0123", "Config": {}}"#))
        #expect(image.proof(service: "db").servedBy == "the image itself, sha256:0123456789ab")
        #expect(image.proof(service: "db").matches)
        image.contents = "PostgreSQL 15.18, made here"
        image.version = "15.18"
        image.isOriginal = true
        #expect(image.proof(service: "db").servedBy == "PostgreSQL 15.18, made here")
        #expect(!image.proof(service: "db").matches)
        image.version = "16.4"
        #expect(image.proof(service: "db").matches)
        image.isOriginal = false
        #expect(!image.proof(service: "db").matches)
    }

    @Test(
        "An image is known with its labels or without any",
        arguments: [
            (
                #"{"Id": "sha256:1", "Config": {"Labels": {"org.launchpad.contents": "x", "org.launchpad.original": "true"}}}"#,
                "x"
            ),
            (#"{"Id": "sha256:1", "Config": {"Labels": null}}"#, ""), (#"{"Id": "sha256:1", "Config": null}"#, ""),
        ])
    func inspected(text: String, contents: String) throws {
        let image = try #require(DockerImage(name: "a", inspected: text))
        #expect(image.id == "sha256:1")
        #expect(image.contents == contents)
        #expect(image.isOriginal == !contents.isEmpty)
    }

    @Test("A port that somebody listens on is not free")
    func probe() throws {
        let listener = try ListeningSocket()
        #expect(!PortProbe.isFree(listener.port, address: "127.0.0.1", isUDP: false))
        #expect(!PortProbe.isFree(listener.port, address: nil, isUDP: false))
        #expect(PortProbe.isFree(listener.port, address: "127.0.0.1", isUDP: true))
    }
}
