/// The last `PUB` in what a client sent, as long as nothing else came behind it: the next frame is mostly one just like it, and
/// to see that takes a fraction of what reading it anew takes.
///
/// Valid for the bytes that it was found in alone.
@usableFromInline package struct RepeatedPublish {
    @usableFromInline let frame: PublishFrame
    @usableFromInline let start: Int
    /// The bytes of its line, with the line's end.
    @usableFromInline let line: Int
    /// All of its bytes; more than there can be where there is none.
    @usableFromInline package let length: Int

    /// There is none.
    @inlinable
    package init() {
        frame = PublishFrame(
            subject: 0..<0, reply: 0..<0, headerSizeText: 0..<0, sizeText: 0..<0, headerSize: 0, body: 0, size: 0,
            arguments: 0..<0, isHeaderPublish: false)
        start = 0
        line = 0
        length = .max
    }

    /// - Parameter frame: one that ``ClientFrameScanner/scanPlainPublish(_:from:)`` has found at `start`.
    @inlinable
    package init(_ frame: PublishFrame, from start: Int) {
        self.frame = frame
        self.start = start
        line = frame.body &- start
        length = line &+ frame.size &+ 2
    }

    /// Whether a frame with the same line, and all of it, stands at `offset`. The same limits hold for it.
    @inlinable
    @inline(__always)
    package func isRepeated(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard bytes.count &- offset >= length else { return false }
        let base = bytes.baseAddress.unsafelyUnwrapped
        let first = base + start
        let second = base + offset
        // The shortest line has nine bytes. The last word may lie across the one before it.
        var index = 0
        while index < line &- 8 {
            if word(first, index) != word(second, index) { return false }
            index &+= 8
        }
        guard word(first, line &- 8) == word(second, line &- 8) else { return false }
        return second.loadUnaligned(fromByteOffset: length &- 2, as: UInt16.self).littleEndian == 0x0A0D
    }

    /// How many frames with the same line stand one behind the other, the one at `offset` counted, which is known to be one.
    @inlinable
    package func repetitions(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        var count = 1
        while isRepeated(in: bytes, at: offset &+ count &* length) { count &+= 1 }
        return count
    }

    @inlinable
    @inline(__always)
    func word(_ place: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        place.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The number of bytes of its payload.
    @inlinable package var size: Int { frame.size }

    /// What goes on to subscribers, of a frame at `offset`: from the reply or the size on.
    @inlinable
    @inline(__always)
    package func tail(at offset: Int) -> Range<Int> {
        let first = frame.reply.isEmpty ? frame.sizeText.lowerBound : frame.reply.lowerBound
        return first &- start &+ offset..<offset &+ length
    }

    /// The reply of a frame at `offset`.
    @inlinable
    @inline(__always)
    package func reply(at offset: Int) -> Range<Int> {
        Self.moved(frame.reply, offset &- start)
    }

    /// The frame at `offset`.
    @inlinable
    package func frame(at offset: Int) -> PublishFrame {
        let distance = offset - start
        var moved = frame
        moved.subject = Self.moved(frame.subject, distance)
        moved.reply = Self.moved(frame.reply, distance)
        moved.headerSizeText = Self.moved(frame.headerSizeText, distance)
        moved.sizeText = Self.moved(frame.sizeText, distance)
        moved.arguments = Self.moved(frame.arguments, distance)
        moved.body += distance
        return moved
    }

    @inlinable
    @inline(__always)
    static func moved(_ range: Range<Int>, _ distance: Int) -> Range<Int> {
        Range(uncheckedBounds: (range.lowerBound &+ distance, range.upperBound &+ distance))
    }
}
