package import NIOCore

/// Cuts the bytes that a server sends into frames.
///
/// Payloads and header blocks are slices of the input: nothing is copied. An incomplete frame stays in the buffer, and a
/// message whose line was read already is remembered, so that a large payload that arrives in pieces costs one parse.
package struct ServerFrameParser: Sendable {
    /// The longest line that is waited for, in bytes; room for the `INFO` of a large cluster.
    package static let maximumLineLength = 1 << 20

    private struct Announced {
        var subject: String
        var subscription: Int
        var replyTo: String?
        var headerLength: Int?
        var totalLength: Int
    }

    private var announced: Announced?

    package init() {}

    /// Takes the next whole frame off the front of `buffer`, or returns `nil` if more bytes are needed.
    package mutating func next(in buffer: inout ByteBuffer) throws(ServerFrameError) -> ServerFrame? {
        if let announced {
            return try finish(announced, in: &buffer)
        }
        guard let line = try Self.takeLine(from: &buffer) else { return nil }
        let bytes = line.readableBytesView
        switch Self.operation(of: bytes) {
        case .message:
            return try message(line, headers: false, in: &buffer)
        case .messageWithHeaders:
            return try message(line, headers: true, in: &buffer)
        case .ping: return .ping
        case .pong: return .pong
        case .ok: return .ok
        case .error:
            return .error(Self.errorText(bytes.dropFirst(4)))
        case .info:
            var rest = line
            rest.moveReaderIndex(forwardBy: 4)
            return .info(rest)
        case nil:
            throw .unknownOperation(line: String(decoding: bytes.prefix(80), as: UTF8.self))
        }
    }

    private mutating func message(
        _ line: ByteBuffer,
        headers: Bool,
        in buffer: inout ByteBuffer
    ) throws(ServerFrameError) -> ServerFrame? {
        let announced = try Self.announcement(in: line, headers: headers)
        self.announced = announced
        return try finish(announced, in: &buffer)
    }

    private mutating func finish(
        _ message: Announced,
        in buffer: inout ByteBuffer
    ) throws(ServerFrameError) -> ServerFrame? {
        guard buffer.readableBytes >= message.totalLength + 2 else { return nil }
        let headerBlock = message.headerLength.flatMap { buffer.readSlice(length: $0) }
        let payloadLength = message.totalLength - (message.headerLength ?? 0)
        guard let payload = buffer.readSlice(length: payloadLength),
            buffer.readInteger(as: UInt16.self) == 0x0D0A
        else { throw .missingLineEnd(subject: message.subject) }
        announced = nil
        return .message(
            ServerMessage(
                subject: message.subject,
                subscription: message.subscription,
                replyTo: message.replyTo,
                headerBlock: headerBlock,
                payload: payload
            )
        )
    }
}

// MARK: - Lines

extension ServerFrameParser {
    private enum Operation {
        case info, message, messageWithHeaders, ping, pong, ok, error
    }

    /// The line at the front of `buffer` without its line end, which may be `\n` alone.
    private static func takeLine(from buffer: inout ByteBuffer) throws(ServerFrameError) -> ByteBuffer? {
        let length = buffer.withUnsafeReadableBytes { bytes -> Int? in
            let limit = min(bytes.count, maximumLineLength)
            var index = 0
            while index < limit {
                if bytes[index] == UInt8(ascii: "\n") {
                    return index
                }
                index += 1
            }
            return nil
        }
        guard let length else {
            if buffer.readableBytes >= maximumLineLength {
                throw .lineTooLong
            }
            return nil
        }
        guard var line = buffer.readSlice(length: length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        if line.readableBytesView.last == UInt8(ascii: "\r") {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        return line
    }

    /// Operations are matched without regard to case, as the other clients do.
    private static func operation(of line: ByteBufferView) -> Operation? {
        var word: UInt64 = 0
        var length = 0
        for byte in line.prefix(6) {
            guard byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") else { break }
            word = word << 8 | UInt64(byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte)
            length += 1
        }
        return switch (word, length) {
        case (0x4D_5347, 3): .message
        case (0x484D_5347, 4): .messageWithHeaders
        case (0x5049_4E47, 4): .ping
        case (0x504F_4E47, 4): .pong
        case (0x2B_4F4B, 3): .ok
        case (0x2D45_5252, 4): .error
        case (0x494E_464F, 4): .info
        default: nil
        }
    }

    private static func errorText(_ rest: ByteBufferView.SubSequence) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let isQuote: (UInt8) -> Bool = { $0 == UInt8(ascii: "'") }
        var text = rest.drop(while: isBlank)
        while let last = text.last, isBlank(last) {
            text = text.dropLast()
        }
        text = text.drop(while: isQuote)
        while let last = text.last, isQuote(last) {
            text = text.dropLast()
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `MSG subject sid [reply] length` and `HMSG subject sid [reply] headerLength length`.
    private static func announcement(in line: ByteBuffer, headers: Bool) throws(ServerFrameError) -> Announced {
        let words = line.readableBytesView.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.dropFirst()
        let numbers = headers ? 2 : 1
        guard words.count == 2 + numbers || words.count == 3 + numbers,
            let subscription = number(words[words.startIndex + 1]),
            let total = number(words[words.endIndex - 1]),
            let header = headers ? number(words[words.endIndex - 2]) : .some(0),
            header <= total
        else { throw .badArguments(line: String(decoding: line.readableBytesView.prefix(200), as: UTF8.self)) }
        return Announced(
            subject: String(decoding: words[words.startIndex], as: UTF8.self),
            subscription: subscription,
            replyTo: words.count == 3 + numbers
                ? String(decoding: words[words.startIndex + 2], as: UTF8.self) : nil,
            headerLength: headers ? header : nil,
            totalLength: total
        )
    }

    /// A decimal number of at most 18 digits: what always fits an `Int`.
    private static func number(_ digits: ByteBufferView.SubSequence) -> Int? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
