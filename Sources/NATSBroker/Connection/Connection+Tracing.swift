import GoFormats
import NATSWire
import NIOCore
import Synchronization

/// What a trace shows of messages.
extension Connection {
    func trace(_ verb: StaticString, _ bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) {
        log.trace("\(label) - <<- [\(verb) \(String(decoding: bytes[arguments], as: UTF8.self))]")
    }

    /// The payload of a message that came in.
    func tracePayload(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer) {
        let body = bytes[frame.body..<frame.body + frame.size]
        guard let text = payloadText(body, headerSize: frame.headerSize) else { return }
        log.trace("\(label) - <<- MSG_PAYLOAD: [\(text)]")
    }

    /// A message that went into the outbox of this connection, which it may be told on another event loop.
    func traceDelivery(_ message: OutgoingMessage, for subscription: Subscription) {
        let end = message.tail.count - 2
        let body = message.tail[end - message.size..<end]
        let line =
            String(decoding: message.head, as: UTF8.self) + String(decoding: subscription.sidField, as: UTF8.self)
            + String(decoding: message.tail[..<(end - message.size - 2)], as: UTF8.self)
        let payload = payloadText(body, headerSize: message.headerSize)
        let trace: @Sendable () -> Void = {
            self.log.trace("\(self.label) - ->> [\(line)]")
            if let payload { self.log.trace("\(self.label) - ->> MSG_PAYLOAD: [\(payload)]") }
        }
        if eventLoop.inEventLoop { trace() } else { eventLoop.execute(trace) }
    }

    /// - Returns: nil where nothing is to be shown.
    private func payloadText(_ body: Slice<UnsafeRawBufferPointer>, headerSize: Int) -> String? {
        // Headers are shown without the empty line that ends them.
        let shown = broker.settings.log.tracesHeadersOnly ? body.prefix(max(0, headerSize - 4)) : body
        guard !shown.isEmpty else { return nil }
        guard let limit = broker.settings.maxTracedMessageLength, shown.count > limit else {
            return GoText.quoted(shown)
        }
        return "\"" + GoText.quoted(shown.prefix(limit)).dropFirst().dropLast() + "...\""
    }
}
