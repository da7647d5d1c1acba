/// GFM's extended autolinks: addresses of the web and of mail that stand in a text without angle brackets.
enum Autolinks {
    struct Link {
        var range: Range<Int>
        var destination: String
    }

    private static let schemes = ["http", "https", "ftp"].map { Array($0.utf8) }

    /// The addresses in `bytes`, in order.
    ///
    /// - Parameters:
    ///   - isEnd: tells offsets at which an address ends in any case.
    ///   - isEscaped: tells offsets at which the source has an escape or an entity.
    static func find(in bytes: [UInt8], isEnd: (Int) -> Bool, isEscaped: (Int) -> Bool) -> [Link] {
        var links: [Link] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "@"), !isEscaped(index),
                let mail = mail(around: index, from: links.last?.range.upperBound ?? 0, in: bytes, isEnd)
            {
                links.append(Link(range: mail, destination: "mailto:" + String(decoding: bytes[mail], as: UTF8.self)))
                index = mail.upperBound
                continue
            }
            let start: Int?
            var prefix = ""
            switch bytes[index] {
            case UInt8(ascii: ":"): start = isEscaped(index) ? nil : schemeStart(before: index, in: bytes)
            case UInt8(ascii: "w"), UInt8(ascii: "W"):
                start = isWorldWideWeb(index, in: bytes) ? index : nil
                prefix = "http://"
            default: start = nil
            }
            guard let start, start >= links.last?.range.upperBound ?? 0,
                let end = end(from: prefix.isEmpty ? index + 3 : start, needsDot: !prefix.isEmpty, in: bytes, isEnd)
            else {
                index += 1
                continue
            }
            let address = String(decoding: bytes[start..<end], as: UTF8.self)
            links.append(Link(range: start..<end, destination: prefix + address))
            index = end
        }
        return links
    }

    /// The address of mail with its `@` at `at`: a name in front, and a host with a dot in it behind.
    private static func mail(around at: Int, from first: Int, in bytes: [UInt8], _ isEnd: (Int) -> Bool) -> Range<Int>?
    {
        var start = at
        while start > first, !isEnd(start - 1),
            bytes[start - 1].isLetterOrDigit || ".+-_".utf8.contains(bytes[start - 1])
        {
            start -= 1
        }
        var end = at + 1
        var dots = 0
        while end < bytes.count, !isEnd(end) {
            if bytes[end] == UInt8(ascii: ".") {
                guard end + 1 < bytes.count, bytes[end + 1].isLetterOrDigit else { break }
                dots += 1
            } else if !bytes[end].isLetterOrDigit, bytes[end] != UInt8(ascii: "-"), bytes[end] != UInt8(ascii: "_") {
                break
            }
            end += 1
        }
        let isMail = start < at && dots > 0 && bytes[end - 1].isLetter
        return isMail && !(end < bytes.count && bytes[end] == UInt8(ascii: "@")) ? start..<end : nil
    }

    private static func schemeStart(before colon: Int, in bytes: [UInt8]) -> Int? {
        guard colon + 3 < bytes.count, bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/"),
            bytes[colon + 3].isLetterOrDigit
        else {
            return nil
        }
        var start = colon
        // The longest scheme has five letters; one more shows that it is another.
        while start > 0, colon - start < 6, bytes[start - 1].isLetter {
            start -= 1
        }
        let scheme = bytes[start..<colon].map { $0 | 0x20 }
        return schemes.contains(scheme) ? start : nil
    }

    private static func isWorldWideWeb(_ index: Int, in bytes: [UInt8]) -> Bool {
        guard index + 4 < bytes.count, bytes[index..<index + 3].allSatisfy({ $0 | 0x20 == UInt8(ascii: "w") }),
            bytes[index + 3] == UInt8(ascii: ".")
        else {
            return false
        }
        return index == 0 || bytes[index - 1] <= 0x20 || "*_~(".utf8.contains(bytes[index - 1])
    }

    private static func end(from host: Int, needsDot: Bool, in bytes: [UInt8], _ isEnd: (Int) -> Bool) -> Int? {
        var end = host
        var dots = 0
        // Underscores are permitted in a host, but not in its last two parts.
        var underscores = (last: 0, beforeLast: 0)
        while end < bytes.count, !isEnd(end) {
            let byte = bytes[end]
            if byte == UInt8(ascii: "_") {
                underscores.last += 1
            } else if byte == UInt8(ascii: ".") {
                underscores = (0, underscores.last)
                dots += 1
            } else if byte < 0x80, !byte.isLetterOrDigit, byte != UInt8(ascii: "-") {
                break
            }
            end += 1
        }
        guard end > host, underscores.last == 0, underscores.beforeLast == 0, dots > 0 || !needsDot else {
            return nil
        }
        while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "<"), !isEnd(end) {
            end += 1
        }
        return trimmed(host..<end, in: bytes)
    }

    /// Where an address ends without the punctuation that belongs to the sentence around it.
    private static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Int? {
        var end = range.upperBound
        var open = 0
        for byte in bytes[range] {
            open += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
        }
        while end > range.lowerBound {
            switch bytes[end - 1] {
            case UInt8(ascii: ")"):
                guard open < 0 else {
                    return end
                }
                open += 1
                end -= 1
            case UInt8(ascii: ";"):
                var start = end - 1
                while start > range.lowerBound, bytes[start - 1].isLetterOrDigit {
                    start -= 1
                }
                let isEntity = start < end - 1 && start > range.lowerBound && bytes[start - 1] == UInt8(ascii: "&")
                end = isEntity ? start - 1 : end - 1
            case let byte where "?!.,:*_~'\"".utf8.contains(byte):
                end -= 1
            default:
                return end
            }
        }
        return nil
    }
}
