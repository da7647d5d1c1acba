import Crypto
import Guides

/// The hash that tells whether a check is still the one that was run.
enum ContentHash {
    /// SHA-256, in lower-case hexadecimal, over what decides what a check does: language, attributes, text and expectation.
    ///
    /// Every field is preceded by its length, so that no two contents run together into the same bytes. The block's place in
    /// its guide does not count.
    static func of(_ block: Block, script: String?, expectation: Block?) -> String {
        var hasher = SHA256()
        func field(_ text: String) {
            hasher.update(data: Array("\(text.utf8.count):".utf8))
            hasher.update(data: Array(text.utf8))
        }
        func fields(_ block: Block) {
            field(block.language)
            for entry in block.attributes.entries.sorted(by: { $0.key < $1.key }) {
                field(entry.key)
                field(entry.value)
            }
            field(block.text)
        }
        fields(block)
        field(script ?? "")
        if let expectation { fields(expectation) }
        return hexadecimal(hasher.finalize())
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
