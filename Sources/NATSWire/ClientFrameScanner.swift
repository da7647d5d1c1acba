/// Finds the frames in what a client sent, in place and in one pass.
///
/// It keeps no bytes and no state between calls: a caller that holds half a frame calls again with more bytes from the same
/// start. It finds fault at the same byte at which nats-server does, so that a bad client is told so before it ends its line.
/// Source of the grammar: https://docs.nats.io/reference/reference-protocols/nats-protocol.
@usableFromInline package struct ClientFrameScanner: Sendable {
    /// The longest line, in bytes without verb and line end, that is taken.
    @usableFromInline package var maxControlLine: Int
    /// The largest message, headers included; nil for no limit.
    @usableFromInline package var maxPayload: Int?
    /// Whether `HPUB` is taken.
    @usableFromInline package var takesHeaders: Bool

    package init(maxControlLine: Int, maxPayload: Int?, takesHeaders: Bool) {
        self.maxControlLine = maxControlLine
        self.maxPayload = maxPayload
        self.takesHeaders = takesHeaders
    }

    @usableFromInline package enum Result {
        /// A frame that ends just before offset `next`.
        case frame(ClientFrame, next: Int)
        /// The frame goes on. At least `count` bytes from its start are needed; 0 where the end of its line is not known.
        case incomplete(count: Int)
        case failed(ClientFrameError)
    }

    /// Reads the frame that begins at `start`, which must lie inside `bytes`.
    @inlinable
    package func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Result {
        // The verb of nearly every frame, all of it there and spelled as usual.
        if bytes.count - start > 4,
            bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self) & ~0x0020_2020 == 0x2042_5550
        {
            return scanPublish(bytes, start, verbEnd: start + 3, withHeaders: false)
        }
        return scanAnyVerb(bytes, start)
    }

    /// The frame at `start` if it is a `PUB` as clients write it: `PUB subject [reply] size`, single blanks, CR LF, all of it
    /// there and within the limits. Everything else, right or wrong, is left to ``scan(_:from:)``, which finds the same frame.
    ///
    /// Nearly every frame is one of these. Finding it here, with nothing to remember but where the fields begin and end, takes
    /// a third of what the whole grammar does.
    @inlinable
    @inline(__always)
    package func scanPlainPublish(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (frame: PublishFrame, next: Int)?
    {
        let first = start &+ 4
        // The shortest one, "PUB a 0" with both line ends, has eleven bytes.
        guard bytes.count &- start >= 11,
            bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self) & ~0x0020_2020 == 0x2042_5550
        else { return nil }
        let subjectEnd = Self.endOfToken(bytes, first)
        guard subjectEnd > first, subjectEnd < bytes.count, bytes[subjectEnd] == 0x20 else { return nil }
        var reply = 0..<0
        var sizeStart = subjectEnd &+ 1
        var (size, end) = Self.leadingNumber(bytes, sizeStart)
        if end < bytes.count, bytes[end] > 0x20 {
            end = Self.endOfToken(bytes, end)
            guard end < bytes.count, bytes[end] == 0x20 else { return nil }
            reply = sizeStart..<end
            sizeStart = end &+ 1
            (size, end) = Self.leadingNumber(bytes, sizeStart)
        }
        let body = end &+ 2
        let next = body &+ size &+ 2
        guard end > sizeStart, end &- sizeStart <= 9, end &- first <= maxControlLine, next <= bytes.count,
            bytes[end] == 0x0D, bytes[end &+ 1] == 0x0A, bytes[next &- 2] == 0x0D, bytes[next &- 1] == 0x0A
        else { return nil }
        if let maxPayload, size > maxPayload { return nil }
        let frame = PublishFrame(
            subject: first..<subjectEnd, reply: reply.isEmpty ? body..<body : reply, headerSizeText: body..<body,
            sizeText: sizeStart..<end, headerSize: 0, body: body, size: size, arguments: first..<end,
            isHeaderPublish: false)
        return (frame, next)
    }

    /// Where the run of bytes that are neither white space nor control characters ends.
    @inlinable
    @inline(__always)
    static func endOfToken(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] > 0x20 { index &+= 1 }
        return index
    }

    /// The digits from `start` on, as a number, and where they end. More than ten digits are not looked at.
    @inlinable
    @inline(__always)
    static func leadingNumber(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> (value: Int, end: Int) {
        var value = 0
        var index = start
        let limit = min(bytes.count, start &+ 10)
        while index < limit {
            let digit = Int(bytes[index]) &- 0x30
            if digit < 0 || digit > 9 { break }
            value = value &* 10 &+ digit
            index &+= 1
        }
        return (value, index)
    }

    /// `PUB subject [reply] size` or `HPUB subject [reply] headersize size`; the verb's bytes have been checked.
    @inlinable
    package func scanPublish(
        _ bytes: UnsafeRawBufferPointer,
        _ start: Int,
        verbEnd: Int,
        withHeaders: Bool
    ) -> Result {
        let count = bytes.count
        var index = verbEnd
        while index < count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let first = index
        // One pass over the line: where the last four tokens lie, how many there are, and where the line ends.
        var tokens = (0..<0, 0..<0, 0..<0, 0..<0)
        var found = 0
        var tokenStart = -1
        var sawReturn = false
        while true {
            guard index < count else {
                // A return may be the first half of the line's end, which does not count.
                if index - first - (sawReturn ? 1 : 0) > maxControlLine {
                    return .failed(
                        .controlLineTooLong(state: withHeaders ? 23 : 33, arguments: min(first, count)..<count))
                }
                return .incomplete(count: 0)
            }
            let byte = bytes[index]
            if byte > 0x20 {
                if tokenStart < 0 { tokenStart = index }
            } else if byte == 0x0A && index > first {
                break
            } else if byte == 0x20 || byte == 0x09 {
                if tokenStart >= 0 {
                    Self.note(tokenStart..<index, &tokens, &found)
                    tokenStart = -1
                }
            } else {
                if byte == 0x0D && index > first { sawReturn = true }
                if tokenStart < 0 { tokenStart = index }
            }
            index += 1
        }
        let end = sawReturn ? index - 1 : index
        if tokenStart >= 0 && tokenStart < end { Self.note(tokenStart..<end, &tokens, &found) }
        let arguments = first..<end
        if end - first > maxControlLine {
            return .failed(.controlLineTooLong(state: withHeaders ? 23 : 33, arguments: arguments))
        }
        return finishPublish(bytes, start, arguments, tokens, found, body: index + 1, withHeaders: withHeaders)
    }

    @inlinable
    func finishPublish(
        _ bytes: UnsafeRawBufferPointer,
        _ start: Int,
        _ arguments: Range<Int>,
        _ tokens: (Range<Int>, Range<Int>, Range<Int>, Range<Int>),
        _ found: Int,
        body: Int,
        withHeaders: Bool
    ) -> Result {
        var frame = PublishFrame(
            subject: tokens.0, reply: body..<body, headerSizeText: body..<body, sizeText: tokens.1, headerSize: 0,
            body: body, size: 0, arguments: arguments, isHeaderPublish: withHeaders)
        if withHeaders {
            guard takesHeaders else { return .failed(.headersNotSupported(arguments: arguments)) }
            switch found {
            case 3:
                frame.headerSizeText = tokens.1
                frame.sizeText = tokens.2
            case 4:
                frame.reply = tokens.1
                frame.headerSizeText = tokens.2
                frame.sizeText = tokens.3
            default:
                return .failed(.badArguments(.headerPublish, arguments: arguments))
            }
            frame.headerSize = Self.number(bytes, frame.headerSizeText)
            frame.size = Self.number(bytes, frame.sizeText)
            if frame.headerSize < 0 { return .failed(.badArguments(.headerSize, arguments: arguments)) }
            if frame.size < 0 { return .failed(.badArguments(.totalSize, arguments: arguments)) }
            if frame.headerSize > frame.size {
                return .failed(.badArguments(.headerLargerThanTotal, arguments: arguments))
            }
        } else {
            switch found {
            case 2:
                break
            case 3:
                frame.reply = tokens.1
                frame.sizeText = tokens.2
            default:
                return .failed(.badArguments(.publish, arguments: arguments))
            }
            frame.size = Self.number(bytes, frame.sizeText)
            if frame.size < 0 { return .failed(.badArguments(.publishSize, arguments: arguments)) }
        }
        if let maxPayload, frame.size > maxPayload {
            return .failed(
                .payloadTooLarge(size: frame.size, arguments: arguments, isHeaderPublish: frame.isHeaderPublish))
        }
        let end = frame.body + frame.size
        if bytes.count >= end + 2, bytes[end] == 0x0D, bytes[end + 1] == 0x0A {
            return .frame(.publish(frame), next: end + 2)
        }
        guard bytes.count >= end + 2 || (bytes.count > end && bytes[end] != 0x0D) else {
            return .incomplete(count: end + 2 - start)
        }
        let isHalfEnded = bytes[end] == 0x0D
        return .failed(
            .unendedPayload(
                state: isHalfEnded ? 42 : 41, at: isHalfEnded ? end + 1 : end, arguments: arguments,
                isHeaderPublish: frame.isHeaderPublish))
    }

    @inlinable
    static func note(
        _ token: Range<Int>,
        _ tokens: inout (Range<Int>, Range<Int>, Range<Int>, Range<Int>),
        _ found: inout Int
    ) {
        switch found {
        case 0: tokens.0 = token
        case 1: tokens.1 = token
        case 2: tokens.2 = token
        case 3: tokens.3 = token
        default: break
        }
        found += 1
    }

    /// A size: one to nine digits and nothing else; -1 for anything else.
    @inlinable
    package static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        if range.isEmpty || range.count > 9 { return -1 }
        var value = 0
        for index in range {
            let digit = Int(bytes[index]) &- 0x30
            if digit < 0 || digit > 9 { return -1 }
            value = value &* 10 &+ digit
        }
        return value
    }
}
