import TestSupport
import Testing

@Suite("The directory that streams are stored in")
struct StoreDirectoryTests {
    @Test("belongs to one server at a time, and to the next one as soon as that has ended")
    func isLocked() async throws {
        try await onThread {
            let directory = try TemporaryDirectory()
            let first = try StreamServer(store: directory.path)
            try first.start()
            let client = try StreamClient(port: first.port, user: nil)
            _ = try client.ask("$JS.API.STREAM.CREATE.S", #"{"name":"S"}"#)
            let second = try StreamServer(store: directory.path)
            #expect(throws: StreamServer.DidNotStart.self) { try second.start() }
            #expect(second.log.contains("is in use by another server: stop that, or set another store_dir"))
            #expect(try client.ask("S", "still served").contains(#""seq":1"#))
            first.kill()
            try second.start()
            let other = try StreamClient(port: second.port, user: nil)
            #expect(try other.ask("$JS.API.STREAM.NAMES").contains(#""S""#))
        }
    }
}
