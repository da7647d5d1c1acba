/// The size of an image in pixels, read from its first bytes, so that a page does not jump while images load.
struct ImageSize: Hashable {
    var width: Int
    var height: Int

    /// Knows PNG, GIF and JPEG; nil for anything else.
    init?(of bytes: [UInt8]) {
        func number(_ range: Range<Int>) -> Int {
            range.reduce(0) { $0 << 8 | Int(bytes[$1]) }
        }
        if bytes.count >= 24, bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            width = number(16..<20)
            height = number(20..<24)
        } else if bytes.count >= 10, bytes.starts(with: Array("GIF8".utf8)) {
            width = Int(bytes[6]) | Int(bytes[7]) << 8
            height = Int(bytes[8]) | Int(bytes[9]) << 8
        } else if bytes.count >= 4, bytes.starts(with: [0xff, 0xd8]) {
            var position = 2
            while true {
                guard position + 9 <= bytes.count, bytes[position] == 0xff else { return nil }
                let marker = bytes[position + 1]
                // A start-of-frame segment; C4, C8 and CC are in its range and mean other things.
                if (0xc0...0xcf).contains(marker), ![0xc4, 0xc8, 0xcc].contains(marker) {
                    height = number((position + 5)..<(position + 7))
                    width = number((position + 7)..<(position + 9))
                    return
                }
                position += 2 + number((position + 2)..<(position + 4))
            }
        } else {
            return nil
        }
    }
}
