import NATSSubjects
import NATSWire
import NIOCore

extension Connection {
    /// Keeps the beginning of a frame until its end arrives.
    ///
    /// - Parameter needs: how many bytes the frame takes in all; 0 while the end of its line is not known.
    func beginStash(_ buffer: inout ByteBuffer, needs: Int) {
        stashNeeds = needs
        stash.reserveCapacity(max(needs, buffer.readableBytes))
        stash.writeBuffer(&buffer)
        splitLine()
    }

    /// Moves just enough bytes to the stash to finish the frame in it, so that the rest can be read in place.
    func completeStash(_ buffer: inout ByteBuffer) {
        while buffer.readableBytes > 0, stash.readableBytes > 0, closeReason == nil, !isVerifying {
            let isLineKnown = stashNeeds > 0
            let wanted: Int
            if isLineKnown {
                wanted = min(stashNeeds - stash.readableBytes, buffer.readableBytes)
            } else {
                let view = buffer.readableBytesView
                wanted = view.firstIndex(of: 0x0A).map { $0 - view.startIndex + 1 } ?? buffer.readableBytes
            }
            if var piece = buffer.readSlice(length: wanted) {
                if isLineSplit && !isLineKnown { dropReturns(before: &piece) }
                stash.writeBuffer(&piece)
            }
            if isStashWaiting { return }
            // What is read may end the connection, which empties the stash: it must not be in use then.
            var frame = stash
            stash = ByteBuffer()
            bytesBehindStash = buffer.readableBytes
            let (consumed, needs) = frame.withUnsafeReadableBytes { read($0) }
            bytesBehindStash = 0
            if isLineKnown { hasCheckedSubject = false }
            if consumed > 0 { isLineSplit = false }
            frame.moveReaderIndex(forwardBy: consumed)
            guard closeReason == nil, frame.readableBytes > 0 else { continue }
            stash = frame
            stashNeeds = needs
            splitLine()
        }
    }

    /// Whether more must arrive before anything can be said of the frame in the stash. Where a payload does not end as it must,
    /// its first wrong byte is enough.
    private var isStashWaiting: Bool {
        let missing = stashNeeds - stash.readableBytes
        return missing > 1 || (missing == 1 && stash.readableBytesView.last == 0x0D)
    }

    // MARK: Returns in lines that arrive in pieces

    /// Notes that the arguments in the stash go on in the next bytes that arrive. Where they hold a return, nats-server takes the
    /// last byte for it and leaves that out.
    private func splitLine() {
        guard stashNeeds == 0, !isLineSplit, !isVerifying else { return }
        let start = stash.withUnsafeReadableBytes { scanner.argumentStart($0, 0) }
        guard let start else { return }
        isLineSplit = true
        let arguments = stash.readableBytesView.dropFirst(start)
        hasReturnAtEnd = arguments.last == 0x0D
        if !hasReturnAtEnd, arguments.contains(0x0D) { stash.moveWriterIndex(to: stash.writerIndex - 1) }
    }

    /// Leaves out the returns with which no line ends, as nats-server does behind the first piece of a line.
    private func dropReturns(before piece: inout ByteBuffer) {
        let bytes = piece.readableBytesView
        if hasReturnAtEnd, bytes.first != 0x0A { stash.moveWriterIndex(to: stash.writerIndex - 1) }
        hasReturnAtEnd = bytes.last == 0x0D
        guard let first = bytes.firstIndex(of: 0x0D), first < bytes.endIndex - 2 else { return }
        var kept = ByteBuffer()
        for index in bytes.indices {
            let next = index + 1
            if bytes[index] != 0x0D || next == bytes.endIndex || bytes[next] == 0x0A { kept.writeInteger(bytes[index]) }
        }
        piece = kept
    }

    // MARK: Subjects of messages that are not all there

    /// Tells a pedantic client as soon as the line of a message is there that its subject is none.
    func checkSubject(_ bytes: UnsafeRawBufferPointer, _ offset: Int, times: Int) {
        guard options.pedantic, !hasCheckedSubject, let start = scanner.argumentStart(bytes, offset) else { return }
        hasCheckedSubject = true
        let subject = bytes[start...].prefix { $0 != 0x20 && $0 != 0x09 }
        guard !Subject.isLiteral(UnsafeRawBufferPointer(rebasing: subject)) else { return }
        for _ in 0..<times { sendError("Invalid Publish Subject") }
    }
}
