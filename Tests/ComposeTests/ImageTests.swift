import Guides
import Testing

@testable import Compose

@Suite("Images and what stands in for them")
struct ImageTests {
    @Test(
        "The name of an image is known in all its forms",
        arguments: [
            ("nats", "nats", "latest"), ("postgres:16-alpine", "postgres", "16-alpine"),
            ("docker.io/library/nats:2", "nats", "2"),
            ("localhost:5000/a/b", "localhost:5000/a/b", "latest"), ("nats:2@sha256:ab", "nats", "sha256:ab"),
            ("minio/minio", "minio/minio", "latest"),
        ])
    func reference(text: String, name: String, tag: String) {
        #expect(ImageReference(text).name == name)
        #expect(ImageReference(text).tag == tag)
    }

    @Test(
        "A tag is matched by the versions that it means, and latest by none",
        arguments: [
            ("postgres:16-alpine", "16.4", true), ("postgres:16-alpine", "15.18", false),
            ("postgres:16.4", "16.4", true),
            ("postgres:16.4", "16.14", false), ("postgres", "16.4", false), ("postgres:alpine", "16.4", false),
            ("nats:v2.15", "2.15.1", true),
        ])
    func matching(image: String, version: String, matches: Bool) {
        var map = ImageStandIn(program: "program")
        map.isOriginal = true
        #expect(StandIn(map: map, path: "/p", version: version).matches(ImageReference(image)) == matches)
    }

    @Test("What is another software, or Launchpad itself, is never the image")
    func others() {
        var map = ImageStandIn(program: "program")
        #expect(!StandIn(map: map, path: "/p", version: "16.4").matches(ImageReference("postgres:16")))
        map.isOriginal = true
        map.serves = "nats-server"
        let bundled = StandIn(map: map, path: "/p", version: "Launchpad 2.15", isBundled: true)
        #expect(!bundled.matches(ImageReference("nats:2.15")))
        #expect(bundled.servedBy == "nats-server of Launchpad 2.15")
    }

    @Test("The shipped map names every image that it should, each with a program and a script that exists")
    func shipped() throws {
        #expect(
            ImageCatalog.shipped.keys.sorted() == ["minio/mc", "minio/minio", "nats", "natsio/nats-box", "postgres"])
        for standIn in ImageCatalog.shipped.values.joined() {
            for script in Array(standIn.commands.values) + [standIn.script].compactMap({ $0 }) {
                #expect(try StandInScripts.text(script).hasPrefix("#!/"))
            }
        }
        #expect(ImageCatalog.shipped["nats"]?.first?.hasSystem == false)
    }

    @Test("A program that is not here is named, and so is an image that nothing stands in for")
    func missing() throws {
        let map = ["cache": [ImageStandIn(program: "no-such-program"), ImageStandIn(program: "nor-this-one")]]
        let catalog = ImageCatalog.find(map, images: ["cache", "redis"], tools: [:], bundled: ("/none", "Launchpad"))
        #expect(catalog.obstacle("cache:7") == "no no-such-program or nor-this-one here to serve cache:7")
        #expect(catalog.obstacle("redis:7") == "nothing stands in for the image redis:7")
    }

    @Test("A program that is too old is passed over, and the version that would do is named")
    func tooOld() throws {
        var shell = ImageStandIn(program: "bash")
        func find() -> ImageCatalog {
            ImageCatalog.find(["shell": [shell]], images: ["shell"], tools: [:], bundled: ("/none", "Launchpad"))
        }
        shell.since = "3.9"
        #expect(find().obstacle("shell") == nil)
        shell.since = "1000.1"
        #expect(find().obstacle("shell") == "no bash from 1000.1 on here to serve shell")
    }
}
