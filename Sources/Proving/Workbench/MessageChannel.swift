#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SystemPackage

/// The other end of a ``MessageChannel`` said something that is no message.
package struct BrokenMessage: Error {}

/// JSON messages over a stream socket, each behind its length (four bytes, big-endian).
///
/// Belongs to one thread at a time.
package struct MessageChannel {
    /// A message holds at most a command and its output; anything beyond this is nonsense.
    private static let longest = 64 << 20

    package let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package func send(_ message: some Encodable) throws {
        let body = try JSONEncoder().encode(message)
        let length = UInt32(body.count)
        let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        try Descriptor.sendAll(head + body, to: descriptor)
    }

    /// The next message, or nil when the other side has hung up.
    package func receive<Message: Decodable>(_ type: Message.Type) throws -> Message? {
        guard let head = try read(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longest else { throw BrokenMessage() }
        guard let body = try read(length) else { return nil }
        return try JSONDecoder().decode(type, from: Data(body))
    }

    private func read(_ count: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = try available(upTo: count - bytes.count), !more.isEmpty else { return nil }
            bytes += more
        }
        return bytes
    }

    /// What has arrived; a peer that died in the middle of a sentence has hung up.
    private func available(upTo limit: Int) throws(Errno) -> [UInt8]? {
        do {
            return try Descriptor.read(descriptor, upTo: limit)
        } catch {
            guard error == .connectionReset else { throw error }
            return nil
        }
    }
}
