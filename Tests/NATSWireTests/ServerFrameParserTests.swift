import NATSWire
import NIOCore
import Testing

@Suite("Frames that servers send")
struct ServerFrameParserTests {
    private static let stream =
        "INFO {\"x\":1}\r\nPING\r\npong\r\n+OK\r\n-ERR 'Authorization Violation'\r\n"
        + "MSG a.b 7 5\r\nhe\r\no\r\nMSG a 1 r.x 0\r\n\r\nHMSG h 2 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n"

    private static let frames: [ServerFrame] = [
        .info(ByteBuffer(string: " {\"x\":1}")), .ping, .pong, .ok, .error("Authorization Violation"),
        .message(ServerMessage(subject: "a.b", subscription: 7, payload: ByteBuffer(string: "he\r\no"))),
        .message(ServerMessage(subject: "a", subscription: 1, replyTo: "r.x", payload: ByteBuffer())),
    ]

    private func parse(_ text: String, chunk: Int) throws -> [ServerFrame] {
        var parser = ServerFrameParser()
        var buffer = ByteBuffer()
        var frames: [ServerFrame] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            buffer.writeBytes(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
            while let frame = try parser.next(in: &buffer) {
                frames.append(frame)
            }
        }
        #expect(buffer.readableBytes == 0)
        return frames
    }

    @Test("come out the same however the bytes are cut", arguments: [1, 2, 3, 7, 16, 1000])
    func chunks(size: Int) throws {
        let frames = try parse(Self.stream, chunk: size)
        #expect(Array(frames.prefix(7)) == Self.frames)
        guard case .message(let message) = try #require(frames.last) else {
            Issue.record("the last frame is no message")
            return
        }
        #expect(message.headerBlock.map { String(buffer: $0) } == "NATS/1.0\r\nA: b\r\n\r\n")
        #expect(String(buffer: message.payload) == "hi")
        #expect(frames.count == 8)
    }

    @Test(
        "are refused when they break the protocol",
        arguments: [
            ("HELLO\r\n", ServerFrameError.unknownOperation(line: "HELLO")),
            ("\r\n", .unknownOperation(line: "")),
            ("MSG a 1\r\n", .badArguments(line: "MSG a 1")),
            ("MSG a x 1\r\n", .badArguments(line: "MSG a x 1")),
            ("MSG a 1 -1\r\n", .badArguments(line: "MSG a 1 -1")),
            ("HMSG a 1 9 8\r\n", .badArguments(line: "HMSG a 1 9 8")),
            ("MSG a 1 2\r\nhello\r\n", .missingLineEnd(subject: "a")),
        ]
    )
    func garbage(text: String, error: ServerFrameError) {
        var parser = ServerFrameParser()
        var buffer = ByteBuffer(string: text)
        #expect(throws: error) { try parser.next(in: &buffer) }
    }

    @Test("have lines of limited length")
    func longLine() {
        var parser = ServerFrameParser()
        var buffer = ByteBuffer(repeating: UInt8(ascii: "x"), count: ServerFrameParser.maximumLineLength)
        #expect(throws: ServerFrameError.lineTooLong) { try parser.next(in: &buffer) }
    }
}
