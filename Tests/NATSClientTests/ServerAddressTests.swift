import Testing

@testable import NATSClient

@Suite("Server addresses")
struct ServerAddressTests {
    @Test(
        "are read in every notation",
        arguments: [
            ("nats://127.0.0.1:4222", "127.0.0.1", 4222, nil as Credentials?),
            ("localhost", "localhost", 4222, nil),
            ("example.org:9", "example.org", 9, nil),
            ("nats://u:p%40ss@h:1", "h", 1, .user("u", password: "p@ss")),
            ("nats://tok@h", "h", 4222, .token("tok")),
            ("nats://[::1]:4333", "::1", 4333, nil),
            ("[::1]", "::1", 4222, nil),
            ("nats://h:1/path", "h", 1, nil),
        ]
    )
    func reading(text: String, host: String, port: Int, credentials: Credentials?) throws {
        let address = try ServerAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.credentials == credentials)
    }

    @Test("come in lists with commas and blanks")
    func lists() throws {
        let addresses = try ServerAddress.list(parsing: "nats://a:1, b:2 ,c")
        #expect(addresses.map(\.hostAndPort) == ["a:1", "b:2", "c:4222"])
    }

    @Test(
        "are refused with the reason, and never show a password",
        arguments: [
            "http://h", "nats://", "nats://u:secret@h:0", "nats://u:secret@h:99999", "nats://u:secret@[::1", "",
        ]
    )
    func refusing(text: String) {
        let error = #expect(throws: NATSError.self) { try ServerAddress.list(parsing: text) }
        #expect(error?.code == .badServerURL)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("print without credentials")
    func printing() throws {
        #expect(try ServerAddress(parsing: "nats://u:p@[::1]:1").description == "nats://[::1]:1")
    }
}
