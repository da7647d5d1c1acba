import LanguageServer
import Testing

@Suite("Messages between an editor and the language server")
struct MessageTests {
    @Test("a stream is cut into its messages, however it arrives", arguments: [1, 2, 7, 1000])
    func framing(size: Int) throws {
        let messages: [JSON] = [["a": 1], ["b": ["ü", .null, true]], []]
        let stream = messages.flatMap { MessageReader.framed($0) }
        var reader = MessageReader()
        var read: [JSON?] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            reader.append(stream[start..<min(start + size, stream.count)])
            while let message = try reader.next() { read.append(JSON(bytes: message)) }
        }
        #expect(read == messages)
    }

    @Test(
        "what is no header is told",
        arguments: ["hello\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n"])
    func malformed(text: String) {
        var reader = MessageReader()
        reader.append(Array(text.utf8))
        #expect(throws: MessageReader.Malformed.self) { try reader.next() }
    }

    @Test("a stream without end and without a header is given up")
    func endless() {
        var reader = MessageReader()
        reader.append([UInt8](repeating: 0x41, count: 5000))
        #expect(throws: MessageReader.Malformed.self) { try reader.next() }
    }
}
