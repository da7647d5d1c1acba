import NATSWire
import NIOCore

/// From bytes to frames, and what follows when all that came at once is read.
extension Connection {
    /// Acts on what has arrived.
    func consume(_ buffer: inout ByteBuffer) {
        if stash.readableBytes > 0 { completeStash(&buffer) }
        if isVerifying {
            stash.writeBuffer(&buffer)
        } else if closeReason == nil, buffer.readableBytes > 0 {
            isLineSplit = false
            let (consumed, needs) = buffer.withUnsafeReadableBytes { read($0) }
            if consumed < buffer.readableBytes, closeReason == nil {
                buffer.moveReaderIndex(forwardBy: consumed)
                beginStash(&buffer, needs: needs)
            }
        }
        wakeReceivers()
        if mustStall { pauseReading() }
    }

    /// Goes on with what has arrived while a password was computed.
    func resumeAfterVerifying() {
        isVerifying = false
        context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        guard closeReason == nil else { return }
        var waiting = stash
        stash = ByteBuffer()
        stashNeeds = 0
        consume(&waiting)
    }

    /// Acts on every whole frame in `bytes`.
    ///
    /// - Returns: how many bytes were used, and how many the frame behind them takes, as far as that is known.
    func read(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, needs: Int) {
        var offset = 0
        var last = RepeatedPublish()
        while offset < bytes.count {
            if isAwaitingConnect, !admitsWithoutConnect(bytes[offset]) { return (bytes.count, 0) }
            if last.isRepeated(in: bytes, at: offset) {
                offset += publish(last, at: offset, bytes)
                if closeReason != nil { return (bytes.count, 0) }
                continue
            }
            if let (frame, next) = scanner.scanPlainPublish(bytes, from: offset) {
                publish(frame, bytes)
                last = RepeatedPublish(frame, from: offset)
                offset = next
                if closeReason != nil { return (bytes.count, 0) }
                continue
            }
            // Whatever else comes may change what is allowed.
            last = RepeatedPublish()
            switch scanner.scan(bytes, from: offset) {
            case .frame(.publish(let frame), let next):
                publish(frame, bytes)
                offset = next
            case .frame(let frame, let next):
                handle(frame, bytes)
                offset = next
                if isVerifying { return (offset, 0) }
            case .incomplete(let count):
                // nats-server looks at the arguments again when the payload is not all there.
                let isThere = count <= bytes.count - offset + bytesBehindStash
                if count > 0 { checkSubject(bytes, offset, times: isThere ? 1 : 2) }
                return (offset, count)
            case .failed(let error):
                if case .unendedPayload = error { checkSubject(bytes, offset, times: 1) }
                fail(error, bytes)
                return (bytes.count, 0)
            }
            if closeReason != nil { return (bytes.count, 0) }
        }
        return (offset, 0)
    }

    // MARK: Waking those who were given something

    func wakeReceivers() {
        if !workersToWake.isEmpty {
            let workers = workersToWake
            workersToWake = []
            for worker in workers { worker.wake() }
        }
        guard !toWake.isEmpty else { return }
        for connection in toWake {
            if connection.mailbox === mailbox {
                connection.drain()
            } else {
                connection.mailbox.post(CollectionOfOne(connection))
            }
        }
        toWake.removeAll(keepingCapacity: true)
    }
}
