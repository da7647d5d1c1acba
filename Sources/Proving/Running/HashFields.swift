import Crypto

/// A hash over named fields, each with its length, so that no two lists of fields look the same.
struct HashFields {
    private var digest = SHA256()

    mutating func add(_ name: String, _ value: String) {
        var value = value
        let count = value.utf8.count
        value.withUTF8 { add(name, count, UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ name: String, _ value: [UInt8]) {
        value.withUnsafeBytes { add(name, value.count, $0) }
    }

    private mutating func add(_ name: String, _ count: Int, _ bytes: UnsafeRawBufferPointer) {
        var head = "\(name) \(count)\n"
        head.withUTF8 { digest.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        digest.update(bufferPointer: bytes)
    }

    /// Lower-case hexadecimal.
    var hash: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
