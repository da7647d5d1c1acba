/// A text file's bytes with an index of its lines.
///
/// Lines end at `\n`, `\r\n` or a lone `\r`, as CommonMark counts them.
package struct SourceText: Sendable {
    package let bytes: [UInt8]
    /// The offset of each line's first byte; the first is 0.
    package let lineStarts: [Int]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        starts.reserveCapacity(bytes.count / 32 + 1)
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            while index < buffer.count {
                let byte = buffer[index]
                index += 1
                if byte == UInt8(ascii: "\n") {
                    starts.append(index)
                } else if byte == UInt8(ascii: "\r"), index == buffer.count || buffer[index] != UInt8(ascii: "\n") {
                    starts.append(index)
                }
            }
        }
        if starts.count > 1, starts.last == bytes.count {
            starts.removeLast()
        }
        lineStarts = starts
    }

    package var lineCount: Int { lineStarts.count }

    /// The byte range of line `number` (from 1) with its line ending; empty behind the last line.
    package func lineBytes(_ number: Int) -> Range<Int> {
        guard number >= 1, number <= lineStarts.count else {
            return bytes.count..<bytes.count
        }
        return lineStarts[number - 1]..<(number < lineStarts.count ? lineStarts[number] : bytes.count)
    }

    /// The byte range of line `number` (from 1) without its line ending, and without a byte order mark.
    package func lineContent(_ number: Int) -> Range<Int> {
        let range = lineBytes(number)
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r") {
            end -= 1
        }
        let hasMark = number == 1 && bytes[range.lowerBound..<end].starts(with: Self.byteOrderMark)
        return range.lowerBound + (hasMark ? Self.byteOrderMark.count : 0)..<end
    }

    /// U+FEFF in UTF-8, which some editors put at the start of a file.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text of line `number` (from 1) without its line ending.
    package func line(_ number: Int) -> String {
        String(decoding: bytes[lineContent(number)], as: UTF8.self)
    }

    /// The line and column of the byte at `offset`.
    package func position(of offset: Int) -> SourcePosition {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset {
                low = middle
            } else {
                high = middle
            }
        }
        return SourcePosition(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// The places of the first byte in `range` and of the one behind its last.
    package func range(of range: Range<Int>) -> SourceRange {
        SourceRange(start: position(of: range.lowerBound), end: position(of: range.upperBound))
    }

    /// The offset of the first byte that is not part of valid UTF-8, or nil.
    package static func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil {
            return nil
        }
        var offset = 0
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
