import NIOCore

/// Writes frames as a server does: without masks.
enum WebSocketFrames {
    enum Opcode: UInt8 {
        case continuation = 0
        case binary = 2
        case close = 8
        case pong = 10
    }

    /// The largest number of bytes in front of a payload.
    static let longestHeader = 10

    static func writeHeader(
        _ opcode: Opcode,
        length: Int,
        isFinal: Bool = true,
        isCompressed: Bool = false,
        to buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0))
        switch length {
        case ...125: buffer.writeInteger(UInt8(length))
        case ...65_535:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(length))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(length))
        }
    }

    /// A close frame. A text that is too long for one is cut short.
    static func close(_ status: Int, _ text: String) -> ByteBuffer {
        var text = Array(text.utf8)
        if text.count > 123 { text = text.prefix(120) + Array("...".utf8) }
        var frame = ByteBuffer()
        writeHeader(.close, length: text.count + 2, to: &frame)
        frame.writeInteger(UInt16(status))
        frame.writeBytes(text)
        return frame
    }

    /// The answer to a client's close frame.
    ///
    /// - Returns: the frame, or what rule the client's frame broke.
    static func answer(toClose payload: ByteBuffer) -> Result<ByteBuffer, ProtocolError> {
        if payload.readableBytes == 1 { return .failure("close frame payload cannot be 1 byte") }
        guard let status: UInt16 = payload.getInteger(at: payload.readerIndex) else {
            var frame = ByteBuffer()
            writeHeader(.close, length: 0, to: &frame)
            return .success(frame)
        }
        guard isValidStatus(Int(status)) else { return .failure("invalid close status code \(status)") }
        guard let body = String(validating: payload.readableBytesView.dropFirst(2), as: UTF8.self) else {
            return .success(close(1007, "invalid utf8 body in close frame"))
        }
        return .success(close(Int(status), body))
    }

    /// A rule that a client's frame broke.
    struct ProtocolError: Error, Equatable, ExpressibleByStringInterpolation {
        var description: String

        init(stringLiteral value: String) { description = value }
    }

    /// Whether a client may close with it. Source: RFC 6455, 7.4.
    private static func isValidStatus(_ status: Int) -> Bool {
        switch status {
        case 1004...1006, 1015: false
        case 1000..<1016, 3000..<5000: true
        default: false
        }
    }

    /// The status and text of the close frame for `reason`; nil where the client is sent none.
    static func status(for reason: CloseReason) -> Int? {
        switch reason {
        case .readError, .writeError, .slowConsumerPendingBytes, .slowConsumerWriteDeadline, .tlsHandshakeError: nil
        case .clientClosed: 1000
        case .staleConnection, .serverShutdown: 1001
        case .parseError, .protocolViolation, .badClientProtocol: 1002
        case .maxPayloadExceeded: 1009
        case .authenticationTimeout, .authenticationViolation, .authenticationExpired, .maxConnectionsExceeded,
            .maxControlLineExceeded:
            1008
        default: 1011
        }
    }
}
