/// What a typed placeholder (`[name:type]`) stands for.
package enum PlaceholderType: String, Sendable, Hashable, CaseIterable {
    /// A point in time: RFC 3339, `2006-01-02 15:04:05` (with fraction and Go's zone), nats-server's log time
    /// `2006/01/02 15:04:05.000000`, a date alone, or a clock time `15:04:05`.
    case time
    /// 22 letters and digits, as NATS' unique ids are.
    case nuid
    /// A whole number, with a sign and with commas between thousands where the tool prints them.
    case int
    /// A duration as Go or natscli print it: `1.2ms`, `2h3m0s`, `1d2h0m3s`.
    case duration
    /// An amount of memory as natscli prints it: `128 B`, `1.2 KiB`, `1.0 GB`.
    case bytes

    /// Where a value that starts at `start` may end, the longest first. At most a handful of ends, never `start` itself.
    ///
    /// A value takes all that belongs to it: of `12345`, `[n:int]` is never `123`.
    func ends(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> [Int] {
        var scanner = ValueScanner(text: text, start: start)
        switch self {
        case .time: scanner.time()
        case .nuid: scanner.nuid()
        case .int: scanner.int()
        case .duration: scanner.duration()
        case .bytes: scanner.bytes()
        }
        return scanner.ends.reversed()
    }

    /// True when a value of this type that starts at `start` would be cut out of the middle of a longer one.
    func startsInside(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        guard start > 0, start < text.count else { return false }
        let before = text[start - 1]
        switch self {
        case .nuid: return before.isAlphanumeric
        case .int: return before.isDigit && (text[start].isDigit || text[start] == UInt8(ascii: ","))
        case .time, .duration, .bytes:
            return (before.isDigit || before == UInt8(ascii: ".")) && text[start].isDigit
        }
    }
}

/// Reads one value; `ends` collects the places where it may end, in rising order.
private struct ValueScanner {
    let text: UnsafeBufferPointer<UInt8>
    var ends: [Int] = []
    private var index: Int

    init(text: UnsafeBufferPointer<UInt8>, start: Int) {
        self.text = text
        self.index = start
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        index + offset < text.count ? text[index + offset] : 0
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard byte() == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func sign() {
        if byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+") { index += 1 }
    }

    /// Skips digits and returns how many there were.
    private mutating func digits() -> Int {
        let start = index
        while byte().isDigit { index += 1 }
        return index - start
    }

    /// Exactly two digits between 00 and `limit`.
    private mutating func pair(upTo limit: Int, from low: Int = 0) -> Bool {
        guard byte().isDigit, byte(1).isDigit else { return false }
        let value = Int(byte() - 0x30) * 10 + Int(byte(1) - 0x30)
        guard (low...limit).contains(value) else { return false }
        index += 2
        return true
    }

    mutating func nuid() {
        for offset in 0..<22 where !byte(offset).isAlphanumeric { return }
        if !byte(22).isAlphanumeric { ends.append(index + 22) }
    }

    mutating func int() {
        sign()
        let leading = digits()
        guard leading > 0 else { return }
        ends.append(index)
        guard leading <= 3 else { return }
        var grouped = false
        while byte() == UInt8(ascii: ","), byte(1).isDigit, byte(2).isDigit, byte(3).isDigit, !byte(4).isDigit {
            index += 4
            grouped = true
        }
        if grouped { ends.append(index) }
    }

    mutating func duration() {
        sign()
        while byte().isDigit {
            _ = digits()
            if byte() == UInt8(ascii: "."), byte(1).isDigit {
                index += 1
                _ = digits()
            }
            guard unit() else { return }
            if ends.count == 8 { ends.removeFirst() }
            ends.append(index)
        }
        // `5min` is no duration of five minutes: a value is not cut out of a word.
        if byte().isAlphanumeric, ends.last == index { ends.removeLast() }
    }

    private mutating func unit() -> Bool {
        switch byte() {
        case UInt8(ascii: "n"), UInt8(ascii: "u"):
            guard byte(1) == UInt8(ascii: "s") else { return false }
            index += 2
        case 0xc2 where byte(1) == 0xb5, 0xce where byte(1) == 0xbc:
            // The micro sign and the Greek mu.
            guard byte(2) == UInt8(ascii: "s") else { return false }
            index += 3
        case UInt8(ascii: "m"):
            index += byte(1) == UInt8(ascii: "s") ? 2 : 1
        case UInt8(ascii: "s"), UInt8(ascii: "h"), UInt8(ascii: "d"), UInt8(ascii: "w"), UInt8(ascii: "y"):
            index += 1
        default:
            return false
        }
        return true
    }

    mutating func bytes() {
        let start = index
        int()
        guard let longest = ends.popLast() else { return }
        ends = []
        index = longest
        guard text[start].isDigit else { return }
        if byte() == UInt8(ascii: "."), byte(1).isDigit {
            index += 1
            _ = digits()
        }
        if byte() == UInt8(ascii: " ") { index += 1 }
        switch byte() {
        case UInt8(ascii: "B"):
            index += 1
        case UInt8(ascii: "k"), UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "G"), UInt8(ascii: "T"),
            UInt8(ascii: "P"), UInt8(ascii: "E"):
            index += 1
            if byte() == UInt8(ascii: "i") { index += 1 }
            if byte() == UInt8(ascii: "B") { index += 1 }
        default:
            return
        }
        if !byte().isAlphanumeric { ends.append(index) }
    }

    mutating func time() {
        let start = index
        if date() {
            ends.append(index)
            guard byte() == UInt8(ascii: "T") || byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "t") else {
                return
            }
            index += 1
            guard clock() else { return }
            zone()
        } else {
            index = start
            _ = clock()
        }
    }

    private mutating func date() -> Bool {
        guard digits() == 4 else { return false }
        let separator = byte()
        guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") else { return false }
        index += 1
        guard pair(upTo: 12, from: 1), byte() == separator else { return false }
        index += 1
        return pair(upTo: 31, from: 1) && !byte().isDigit
    }

    /// Hours, minutes, seconds and a fraction; each point where a time may end goes into `ends`.
    private mutating func clock() -> Bool {
        guard pair(upTo: 23), skip(":"), pair(upTo: 59), skip(":"), pair(upTo: 60), !byte().isDigit else {
            return false
        }
        ends.append(index)
        if byte() == UInt8(ascii: ".") || byte() == UInt8(ascii: ","), byte(1).isDigit {
            index += 1
            _ = digits()
            ends.append(index)
        }
        return true
    }

    /// `Z`, `+01:00`, or what Go's `Time.String` appends: ` +0100 CET`.
    private mutating func zone() {
        if byte() == UInt8(ascii: "Z") || byte() == UInt8(ascii: "z") {
            index += 1
            ends.append(index)
            return
        }
        let spaced = skip(" ")
        guard byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") else { return }
        index += 1
        guard pair(upTo: 23) else { return }
        if !spaced, !skip(":") { return }
        guard pair(upTo: 59), !byte().isDigit else { return }
        ends.append(index)
        guard spaced, byte() == UInt8(ascii: " ") else { return }
        index += 1
        let name = index
        while byte().isUppercase { index += 1 }
        if (3...5).contains(index - name), !byte().isAlphanumeric { ends.append(index) }
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isUppercase: Bool { self >= 0x41 && self <= 0x5a }
    var isLetter: Bool { isUppercase || (self >= 0x61 && self <= 0x7a) }
    var isAlphanumeric: Bool { isDigit || isLetter }
}
