import NIOCore

/// Takes a WebSocket's bytes apart into frames, without waiting for whole ones. Pure: it touches no channel.
///
/// Not NIOWebSocket's decoder: that one holds a frame back until all of it has come, however large its sender says it is, and
/// does not tell which rule was broken, which nats-server's close frames do.
///
/// Source: RFC 6455, section 5; the texts are nats-server's.
struct WebSocketFrameReader {
    /// What was read.
    enum Event: Equatable {
        /// A piece of a message, unmasked.
        case data(ByteBuffer, isCompressed: Bool, endsMessage: Bool)
        case ping(ByteBuffer)
        case pong
        case close(ByteBuffer)
        /// A rule was broken: nothing more can be read.
        case failure(String)
    }

    private static let longestControlFrame = 125

    /// Whether frames must be masked.
    let expectsMask: Bool
    /// Whether messages may be compressed.
    let allowsCompression: Bool

    /// What is left of the current frame's payload.
    private var left = 0
    private var isInFrame = false
    private var mask: UInt32 = 0
    private var isMasked = false
    /// Whether the message before has ended.
    private var isBetweenMessages = true
    private var isCompressed = false

    init(expectsMask: Bool, allowsCompression: Bool) {
        self.expectsMask = expectsMask
        self.allowsCompression = allowsCompression
    }

    /// Reads the next event off the front of `buffer`.
    ///
    /// - Returns: nil when more bytes are needed; those that are there stay in `buffer`.
    mutating func next(_ buffer: inout ByteBuffer) -> Event? {
        if !isInFrame {
            guard let header = Header(buffer) else { return nil }
            if let complaint = complaint(about: header) { return .failure(complaint) }
            guard let (length, size) = header.payload(in: buffer) else { return nil }
            guard length >= 0 else { return .failure("invalid 64-bit payload length") }
            let maskSize = header.isMasked && expectsMask ? 4 : 0
            let isControl = header.opcode >= 8
            guard buffer.readableBytes >= size + maskSize + (isControl ? length : 0) else { return nil }
            buffer.moveReaderIndex(forwardBy: size)
            isMasked = maskSize > 0
            mask = isMasked ? buffer.readInteger(endianness: .host) ?? 0 : 0
            if isControl { return control(header.opcode, length, &buffer) }
            if header.opcode != 0 { isCompressed = header.isCompressed }
            isBetweenMessages = header.isFinal
            left = length
            isInFrame = true
        }
        guard left == 0 || buffer.readableBytes > 0 else { return nil }
        let count = min(left, buffer.readableBytes)
        unmask(&buffer, count)
        guard let piece = buffer.readSlice(length: count) else { return nil }
        left -= count
        isInFrame = left > 0
        return .data(piece, isCompressed: isCompressed, endsMessage: isBetweenMessages && left == 0)
    }

    private mutating func control(_ opcode: UInt8, _ length: Int, _ buffer: inout ByteBuffer) -> Event {
        unmask(&buffer, length)
        let payload = buffer.readSlice(length: length) ?? ByteBuffer()
        switch opcode {
        case 8: return .close(payload)
        case 9: return .ping(payload)
        default: return .pong
        }
    }

    /// What is wrong with a header, as soon as that can be seen.
    private func complaint(about header: Header) -> String? {
        if header.first & 0x30 != 0 { return "RSV2 and RSV3 must be clear" }
        if header.isCompressed, !allowsCompression {
            return "compressed frame received without negotiated permessage-deflate"
        }
        guard header.second != nil else { return nil }
        if expectsMask, !header.isMasked { return "mask bit missing" }
        switch header.opcode {
        case 8, 9, 10:
            if header.shortLength > Self.longestControlFrame {
                return "control frame length bigger than maximum allowed of \(Self.longestControlFrame) bytes"
            }
            if !header.isFinal { return "control frame does not have final bit set" }
            if header.isCompressed { return "control frame must not be compressed" }
        case 1, 2:
            if !isBetweenMessages {
                return "new message started before final frame for previous message was received"
            }
        case 0:
            if isBetweenMessages || header.isCompressed { return "invalid continuation frame" }
        default: return "unknown opcode \(header.opcode)"
        }
        return nil
    }

    /// Unmasks the first bytes of `buffer` in place, and turns the mask so that it fits what follows.
    private mutating func unmask(_ buffer: inout ByteBuffer, _ count: Int) {
        guard isMasked, count > 0 else { return }
        let key = mask
        buffer.withUnsafeMutableReadableBytes { bytes in
            let wide = UInt64(key) << 32 | UInt64(key)
            var place = 0
            while place &+ 8 <= count {
                let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide, toByteOffset: place, as: UInt64.self)
                place &+= 8
            }
            withUnsafeBytes(of: key) { key in
                while place < count {
                    bytes[place] ^= key[place & 3]
                    place &+= 1
                }
            }
        }
        let turn = UInt32(count & 3) * 8
        mask = turn == 0 ? key : UInt32(littleEndian: key.littleEndian >> turn | key.littleEndian << (32 - turn))
    }

    /// The first two bytes of a frame.
    private struct Header {
        var first: UInt8
        var second: UInt8?

        init?(_ buffer: ByteBuffer) {
            guard let first: UInt8 = buffer.getInteger(at: buffer.readerIndex) else { return nil }
            self.first = first
            second = buffer.getInteger(at: buffer.readerIndex + 1)
        }

        var opcode: UInt8 { first & 0x0F }
        var isFinal: Bool { first & 0x80 != 0 }
        var isCompressed: Bool { first & 0x40 != 0 }
        var isMasked: Bool { (second ?? 0) & 0x80 != 0 }
        var shortLength: Int { Int((second ?? 0) & 0x7F) }

        /// The payload's length, negative for one with its first bit set, and the size of the header up to the mask.
        func payload(in buffer: ByteBuffer) -> (length: Int, size: Int)? {
            guard second != nil else { return nil }
            switch shortLength {
            case 126:
                let length: UInt16? = buffer.getInteger(at: buffer.readerIndex + 2)
                return length.map { (Int($0), 4) }
            case 127:
                let length: Int64? = buffer.getInteger(at: buffer.readerIndex + 2)
                return length.map { (Int($0), 10) }
            default: return (shortLength, 2)
            }
        }
    }
}
