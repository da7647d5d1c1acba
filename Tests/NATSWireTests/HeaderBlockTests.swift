import NATSWire
import NIOCore
import Testing

@Suite("Header blocks")
struct HeaderBlockTests {
    @Test("are read with names, values and repeated names in order")
    func reading() throws {
        let block = try HeaderBlock(parsing: ByteBuffer(string: "NATS/1.0\r\nb: 1\r\nA:2\r\nb: \t3 x \r\n\r\n"))
        #expect(block.fields.map(\.name) == ["b", "A", "b"])
        #expect(block.fields.map(\.value) == ["1", "2", "3 x "])
        #expect(block.status == nil)
    }

    @Test(
        "carry a status on the version line",
        arguments: [
            ("NATS/1.0 503\r\n\r\n", 503, ""),
            ("NATS/1.0 408 Request Timeout\r\n\r\n", 408, "Request Timeout"),
            ("NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 1\r\n\r\n", 100, "Idle Heartbeat"),
        ]
    )
    func status(text: String, code: Int, description: String) throws {
        let block = try HeaderBlock(parsing: ByteBuffer(string: text))
        #expect(block.status == code)
        #expect(block.statusDescription == description)
    }

    @Test(
        "are refused when they break the format",
        arguments: [
            ("HTTP/1.1\r\n\r\n", HeaderError.missingVersion), ("", .missingVersion),
            ("NATS/1.0 ab\r\n\r\n", .badStatus("ab")), ("NATS/1.0\r\nnothing\r\n\r\n", .missingColon(line: "nothing")),
        ]
    )
    func garbage(text: String, error: HeaderError) {
        #expect(throws: error) { try HeaderBlock(parsing: ByteBuffer(string: text)) }
    }

    @Test("are written so that a value can't forge another header")
    func writing() throws {
        let block = HeaderBlock(fields: [.init(name: "A", value: " x\r\nB: y "), .init(name: "C", value: "ü")])
        #expect(String(buffer: try block.encoded()) == "NATS/1.0\r\nA: x  B: y\r\nC: ü\r\n\r\n")
    }

    @Test("refuse names that would break the line", arguments: ["", "a b", "a:b", "a\r\n", "ü"])
    func names(name: String) {
        #expect(throws: HeaderError.badName(name)) {
            try HeaderBlock(fields: [.init(name: name, value: "x")]).encoded()
        }
    }

    @Test("read again what they wrote, status and all")
    func roundTrip() throws {
        let block = HeaderBlock(
            fields: [.init(name: "A", value: "1")],
            status: 409,
            statusDescription: "Consumer Deleted"
        )
        #expect(try HeaderBlock(parsing: try block.encoded()) == block)
    }

    @Test("NUIDs are 22 letters and digits, and never the same")
    func identifiers() {
        let identifiers = (0..<10_000).map { _ in NUID.next() }
        #expect(Set(identifiers).count == identifiers.count)
        #expect(
            identifiers.allSatisfy {
                $0.utf8.count == 22 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            })
    }
}
