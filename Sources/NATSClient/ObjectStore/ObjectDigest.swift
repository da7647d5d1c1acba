import Crypto
import NATSWire
import NIOCore

/// The SHA-256 of an object's bytes, taken as they pass.
struct ObjectDigest {
    private var hash = SHA256()

    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    }

    /// `SHA-256=` and the digest in padded base 64 with `-` and `_`.
    var text: String {
        let digest = Base64.encoded(Array(hash.finalize()), alphabet: .url)
        return "SHA-256=" + digest + String(repeating: "=", count: (4 - digest.utf8.count % 4) % 4)
    }

    /// Whether a store's text means this digest. Some clients leave the padding out.
    func matches(_ other: String) -> Bool {
        func bare(_ text: String) -> Substring {
            let padding = text.reversed().prefix { $0 == "=" }.count
            return text.dropLast(padding)
        }
        return bare(text) == bare(other)
    }
}
