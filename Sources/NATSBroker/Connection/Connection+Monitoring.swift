import Synchronization

extension Connection {
    /// What went through the connection so far. To be called on its event loop.
    var traffic: Broker.Traffic {
        let out = outbox.withLock { ($0.messages, $0.bytes) }
        return Broker.Traffic(inMessages: inMessages, inBytes: inBytes, outMessages: out.0, outBytes: out.1)
    }
}
