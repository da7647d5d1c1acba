import CZlib
import NIOCore

/// Compresses and expands the messages of WebSockets, each by itself.
///
/// Source: RFC 7692, 7.2: raw deflate, ended by an empty block whose last four bytes are left out. There is one a thread, since no
/// state is carried from one message to the next. It is kept in a thread's own storage and never leaves that thread, which is
/// why it may call itself sendable.
final class Deflate: @unchecked Sendable {
    /// What a client sent as compressed was not, or was too large.
    enum Failure: Error, Equatable {
        case corrupt
        /// More bytes than are allowed.
        case tooLarge
    }

    private static let bits: Int32 = -15
    private static let piece = 32_768
    /// The block that the sender left out, and one that ends the stream.
    private static let ending: [UInt8] = [0x00, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0xFF, 0xFF]

    private let compressor = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let expander = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        compressor.initialize(to: z_stream())
        expander.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        deflateInit2_(
            compressor, Z_BEST_SPEED, Z_DEFLATED, Self.bits, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        inflateInit2_(expander, Self.bits, ZLIB_VERSION, size)
    }

    deinit {
        deflateEnd(compressor)
        inflateEnd(expander)
        compressor.deallocate()
        expander.deallocate()
    }

    /// The compressed form of `bytes`, ready to be a message's payload.
    func compress(_ bytes: ByteBuffer) -> ByteBuffer {
        deflateReset(compressor)
        var result = ByteBuffer()
        var input = bytes
        input.withUnsafeMutableReadableBytes { source in
            compressor.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
            compressor.pointee.avail_in = UInt32(source.count)
            repeat {
                result.writeWithUnsafeMutableBytes(minimumWritableBytes: max(256, source.count / 2)) { target in
                    compressor.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                    compressor.pointee.avail_out = UInt32(target.count)
                    deflate(compressor, Z_SYNC_FLUSH)
                    return target.count - Int(compressor.pointee.avail_out)
                }
            } while compressor.pointee.avail_out == 0
        }
        result.moveWriterIndex(to: max(0, result.writerIndex - 4))
        return result
    }

    /// Expands a message piece by piece.
    ///
    /// - Parameters:
    ///   - limit: how many bytes the message may have in all.
    ///   - take: is given the pieces; it says false to have no more of them.
    func expand(_ message: ByteBuffer, limit: Int, _ take: (ByteBuffer) -> Bool) throws(Failure) {
        inflateReset(expander)
        var input = message
        input.writeBytes(Self.ending)
        var total = 0
        var isEnded = false
        while !isEnded, input.readableBytes > 0 {
            var output = ByteBuffer()
            var status: Int32 = Z_OK
            var used = 0
            input.withUnsafeMutableReadableBytes { source in
                expander.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
                expander.pointee.avail_in = UInt32(source.count)
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.piece) { target in
                    expander.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                    expander.pointee.avail_out = UInt32(target.count)
                    status = inflate(expander, Z_SYNC_FLUSH)
                    return target.count - Int(expander.pointee.avail_out)
                }
                used = source.count - Int(expander.pointee.avail_in)
            }
            input.moveReaderIndex(forwardBy: used)
            guard status == Z_OK || status == Z_STREAM_END, used > 0 || output.readableBytes > 0 else {
                throw .corrupt
            }
            isEnded = status == Z_STREAM_END
            total += output.readableBytes
            let excess = total - limit
            if excess > 0 { output.moveWriterIndex(to: output.writerIndex - excess) }
            if output.readableBytes > 0, !take(output) { return }
            if excess > 0 { throw .tooLarge }
        }
    }
}
