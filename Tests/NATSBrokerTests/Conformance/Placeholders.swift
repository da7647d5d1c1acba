import Crypto
import Foundation

/// What a case cannot know before it runs: names in angle brackets stand for it.
enum Placeholders {
    /// A placeholder for which there is nothing to put.
    struct Unresolved: Error {
        var text: String
    }

    static func resolve(_ bytes: [UInt8], _ client: RawClient) throws -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.contains("<reply>") {
            guard let reply = lastReply(client) else { throw Unresolved(text: text) }
            text = text.replacingOccurrences(of: "<reply>", with: reply)
        }
        while let match = text.firstMatch(of: /<signature (\d+)>/) {
            guard let byte = UInt8(match.output.1), let nonce = nonce(client) else { throw Unresolved(text: text) }
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: byte, count: 32))
            let signature = try key.signature(for: Data(nonce.utf8)).base64EncodedString()
            text.replaceSubrange(match.range, with: signature)
        }
        return Array(text.utf8)
    }

    private static func lines(_ client: RawClient) -> [String] {
        String(decoding: client.received, as: UTF8.self).components(separatedBy: "\r\n")
    }

    /// The reply subject of the last message: `MSG subject sid reply size`, or `HMSG` with two sizes.
    private static func lastReply(_ client: RawClient) -> String? {
        lines(client).reversed().lazy.compactMap { line -> String? in
            let fields = line.split(separator: " ").map(String.init)
            switch (fields.first, fields.count) {
            case ("MSG", 5), ("HMSG", 6): return fields[3]
            default: return nil
            }
        }.first
    }

    private static func nonce(_ client: RawClient) -> String? {
        guard let info = lines(client).first(where: { $0.hasPrefix("INFO ") }),
            let document = try? JSONSerialization.jsonObject(with: Data(info.dropFirst(5).utf8)) as? [String: Any]
        else { return nil }
        return document["nonce"] as? String
    }
}
