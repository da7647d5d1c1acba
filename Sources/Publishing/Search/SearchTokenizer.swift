/// Takes text apart into the terms by which the search finds it.
///
/// A word is a run of letters, digits and `_`. A word that is put together is found as a whole and by each of its parts:
/// `max_payload` by `max` and `payload`, `JetStream` by `jet` and `stream`, and `$JS.API` is two words. Letters of scripts
/// that are written without blanks are a word each. Terms are in lower case and have 2 to 40 bytes.
enum SearchTokenizer {
    typealias Text = UnsafeBufferPointer<UInt8>

    /// Longer words, such as hashes, are nothing that people type.
    static let longest = 40

    /// Calls `body` with the bytes of each term, which are good only during the call.
    static func terms(in text: Text, _ body: (Text) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { lower in
            var start = 0
            while start < text.count {
                guard isWordByte(text[start]) else {
                    start += 1
                    continue
                }
                var end = start
                var isASCII = true
                while end < text.count, isWordByte(text[end]) {
                    isASCII = isASCII && text[end] < 0x80
                    end += 1
                }
                let word = Text(rebasing: text[start..<end])
                if isASCII {
                    ascii(word, lower, body)
                } else {
                    unicode(word, body)
                }
                start = end
            }
        }
    }

    private static func ascii(_ word: Text, _ lower: UnsafeMutableBufferPointer<UInt8>, _ body: (Text) -> Void) {
        guard word.count >= 2, word.count <= longest else { return }
        for index in word.indices {
            lower[index] = isUpper(word[index]) ? word[index] | 0x20 : word[index]
        }
        let whole = Text(rebasing: Text(lower)[..<word.count])
        body(whole)
        var start = 0
        for index in 0...word.count where index == word.count || isBoundary(word, index) {
            var first = start
            while first < index, word[first] == UInt8(ascii: "_") { first += 1 }
            var last = index
            while last > first, word[last - 1] == UInt8(ascii: "_") { last -= 1 }
            if last - first >= 2, last - first < word.count {
                body(Text(rebasing: whole[first..<last]))
            }
            start = index
        }
    }

    /// Whether a part of a word starts at `index`: behind `_`, or where `aB` or `ABc` changes case.
    private static func isBoundary(_ word: Text, _ index: Int) -> Bool {
        guard index > 0 else { return false }
        if word[index - 1] == UInt8(ascii: "_") { return word[index] != UInt8(ascii: "_") }
        guard isUpper(word[index]) else { return false }
        if !isUpper(word[index - 1]) { return true }
        return index + 1 < word.count && (0x61...0x7a).contains(word[index + 1])
    }

    private static func unicode(_ word: Text, _ body: (Text) -> Void) {
        var part = ""
        func flush() {
            if (2...longest).contains(part.utf8.count) {
                var lower = part
                lower.withUTF8(body)
            }
            part = ""
        }
        for scalar in String(decoding: word, as: UTF8.self).lowercased().unicodeScalars {
            if isIdeographic(scalar) {
                flush()
                part.unicodeScalars.append(scalar)
                flush()
            } else if scalar.isASCII || scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                part.unicodeScalars.append(scalar)
            } else {
                flush()
            }
        }
        flush()
    }

    private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
        (0x2e80...0x9fff).contains(scalar.value) || (0xac00...0xd7af).contains(scalar.value)
            || (0x20000...0x3ffff).contains(scalar.value)
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) && byte < 0x80 || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
