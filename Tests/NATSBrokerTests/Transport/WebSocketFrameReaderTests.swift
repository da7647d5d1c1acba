import NIOCore
import Testing

@testable import NATSBroker

/// Frames without a socket.
@Suite("WebSocket frames")
struct WebSocketFrameReaderTests {
    private func events(
        _ bytes: [UInt8],
        pieces: Int? = nil,
        reader: WebSocketFrameReader = WebSocketFrameReader(expectsMask: true, allowsCompression: true)
    ) -> [WebSocketFrameReader.Event] {
        var reader = reader
        var events: [WebSocketFrameReader.Event] = []
        var buffer = ByteBuffer()
        for start in stride(from: 0, to: bytes.count, by: pieces ?? bytes.count) {
            buffer.writeBytes(bytes[start..<min(start + (pieces ?? bytes.count), bytes.count)])
            while let event = reader.next(&buffer) {
                events.append(event)
                if case .failure = event { return events }
            }
        }
        return events
    }

    private func frame(_ first: UInt8, _ payload: [UInt8], key: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
        var bytes: [UInt8] = [first]
        if payload.count < 126 {
            bytes.append(0x80 | UInt8(payload.count))
        } else {
            bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        return bytes + key + payload.enumerated().map { $0.element ^ key[$0.offset & 3] }
    }

    private func payload(_ events: [WebSocketFrameReader.Event]) -> [UInt8] {
        events.flatMap { event -> [UInt8] in
            if case .data(let piece, _, _) = event { Array(piece.readableBytesView) } else { [] }
        }
    }

    @Test("a payload is unmasked, wherever its bytes are cut", arguments: [1, 2, 3, 5, 7, 8, 9, 64, 4_000])
    func unmasks(pieces: Int) {
        let sent = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let all = events(frame(0x82, sent) + frame(0x82, Array("end".utf8)), pieces: pieces)
        #expect(payload(all) == sent + Array("end".utf8))
        guard case .data(_, isCompressed: false, endsMessage: true)? = all.last else {
            Issue.record("\(all)")
            return
        }
    }

    @Test("a frame is handed on before all of it has come")
    func doesNotWait() {
        let head: [UInt8] = [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]
        #expect(payload(events(head + Array("begin".utf8))) == Array("begin".utf8))
    }

    @Test("control frames come through between the frames of a message")
    func control() {
        let all = events(frame(0x02, [65]) + frame(0x89, [66]) + frame(0x8A, []) + frame(0x80, [67]) + frame(0x88, []))
        #expect(
            all == [
                .data(ByteBuffer(bytes: [65]), isCompressed: false, endsMessage: false), .ping(ByteBuffer(bytes: [66])),
                .pong, .data(ByteBuffer(bytes: [67]), isCompressed: false, endsMessage: true), .close(ByteBuffer()),
            ])
    }

    @Test("only the first frame of a message says that it is compressed")
    func compressed() {
        #expect(
            events(frame(0x42, [1]) + frame(0x80, [2])) == [
                .data(ByteBuffer(bytes: [1]), isCompressed: true, endsMessage: false),
                .data(ByteBuffer(bytes: [2]), isCompressed: true, endsMessage: true),
            ])
        #expect(events(frame(0x02, [1]) + frame(0xC0, [2])).last == .failure("invalid continuation frame"))
    }

    @Test("a rule that is broken is seen as soon as it can be")
    func early() {
        #expect(events([0xA2]) == [.failure("RSV2 and RSV3 must be clear")])
        #expect(events([0x82, 0x05]) == [.failure("mask bit missing")])
        #expect(events([0x83, 0x80]) == [.failure("unknown opcode 3")])
        #expect(
            events([0x89, 0xFE]) == [.failure("control frame length bigger than maximum allowed of 125 bytes")])
        let strict = WebSocketFrameReader(expectsMask: true, allowsCompression: false)
        #expect(
            events([0xC2], reader: strict)
                == [.failure("compressed frame received without negotiated permessage-deflate")])
    }

    @Test("the answer to a close says what it said, or which rule it broke")
    func closes() {
        #expect(
            WebSocketFrames.answer(toClose: ByteBuffer(bytes: [1])) == .failure("close frame payload cannot be 1 byte"))
        #expect(
            WebSocketFrames.answer(toClose: ByteBuffer(bytes: [3, 237])) == .failure("invalid close status code 1005"))
        let answer = WebSocketFrames.answer(toClose: ByteBuffer(bytes: [3, 232, 65]))
        #expect(answer == .success(ByteBuffer(bytes: [0x88, 3, 3, 232, 65])))
    }

    @Test("what is compressed expands to what it was, up to the limit")
    func deflate() throws {
        let deflate = Deflate()
        for count in [0, 1, 100, 40_000, 1_000_000] {
            let bytes = ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) })
            var expanded = ByteBuffer()
            try deflate.expand(deflate.compress(bytes), limit: count) { piece in
                var piece = piece
                expanded.writeBuffer(&piece)
                return true
            }
            #expect(expanded == bytes)
        }
        #expect(throws: Deflate.Failure.tooLarge) {
            try deflate.expand(deflate.compress(ByteBuffer(repeating: 65, count: 1_000)), limit: 999) { _ in true }
        }
        #expect(throws: Deflate.Failure.corrupt) {
            try deflate.expand(ByteBuffer(repeating: 0xFF, count: 5), limit: 999) { _ in true }
        }
    }
}
