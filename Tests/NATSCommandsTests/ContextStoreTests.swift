import Foundation
import TestSupport
import Testing

@testable import NATSCommands

@Suite("Contexts")
struct ContextStoreTests {
    private let directory: TemporaryDirectory
    private let store: ContextStore

    init() throws {
        directory = try TemporaryDirectory()
        store = ContextStore(environment: ["XDG_CONFIG_HOME": directory.path])
    }

    @Test("are written as natscli writes them, byte for byte")
    func document() throws {
        var settings = ContextSettings()
        settings.description = "Tenant <A>"
        settings.url = "nats://127.0.0.1:4222"
        settings.user = "a"
        settings.password = "p\"w"
        try store.save(settings, as: "tenant-a")
        let fixture = try #require(Bundle.module.url(forResource: "Fixtures/tenant-a", withExtension: "json"))
        let written = try directory.read("nats/context/tenant-a.json")
        #expect(written + "\n" == String(decoding: try Data(contentsOf: fixture), as: UTF8.self))
        #expect(try store.load("tenant-a") == settings)
    }

    @Test("are readable by their owner only")
    func modes() throws {
        try store.save(ContextSettings(), as: "x")
        try store.select("x")
        for (file, mode) in [("nats/context/x.json", 0o600), ("nats/context.txt", 0o600), ("nats/context", 0o700)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/" + file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
        }
    }

    @Test("may lack settings, and hold some that are not known")
    func partialDocument() throws {
        try directory.write("nats/context/old.json", "{\"url\":\"nats://h\",\"later\":{\"x\":1}}")
        #expect(try store.load("old").url == "nats://h")
    }

    @Test("are listed by name, without what is no context")
    func listing() throws {
        #expect(try store.names() == [])
        for name in ["b", "a"] {
            try store.save(ContextSettings(), as: name)
        }
        try directory.write("nats/context/notes.txt", "")
        #expect(try store.names() == ["a", "b"])
    }

    @Test("are selected one at a time, remembering the one before")
    func selecting() throws {
        #expect(store.selected == nil)
        try store.select("a")
        try store.select("b")
        #expect(store.selected == "b")
        #expect(store.previous == "a")
        #expect(try directory.read("nats/context.txt") == "b")
        try store.select(nil)
        #expect(store.selected == nil)
        #expect(store.previous == "b")
    }

    @Test("that do not exist, or can't be read, are errors that say so")
    func failures() throws {
        let missing = #expect(throws: CommandError.self) { try store.load("nope") }
        #expect(missing?.description == "context not found: \"nope\"")
        try directory.write("nats/context/bad.json", "{")
        let broken = #expect(throws: CommandError.self) { try store.load("bad") }
        #expect(broken?.description.contains("bad.json is no valid JSON document") == true)
    }

    @Test("have names that are safe as file names", arguments: ["", "..", "a/b", "a\\b", "x..y"])
    func names(name: String) {
        #expect(throws: CommandError.self) { try store.save(ContextSettings(), as: name) }
        #expect(!store.isKnown(name))
    }

    @Test("give way to flags, one setting at a time")
    func overriding() {
        var settings = ContextSettings()
        settings.url = "nats://context"
        settings.user = "u"
        settings.socksProxy = "proxy"
        var flags = ContextSettings()
        flags.url = "nats://flag"
        flags.socksProxy = "none"
        settings.override(with: flags)
        #expect(settings.url == "nats://flag")
        #expect(settings.user == "u")
        #expect(settings.socksProxy == "")
    }
}
