/// What is done for all streams from time to time.
extension AccountJetStream {
    /// Sends everything that was written through to the disk.
    package func sync() {
        for stream in streams.values {
            stream.report { () throws(StoreError) in try stream.store.flush(sync: true) }
            for consumer in stream.consumers.values {
                stream.report { () throws(StoreError) in try consumer.store.flush(sync: true) }
            }
        }
    }

    /// Lets consumers deliver again after the host was congested. A turn's end belongs behind it.
    package func goOn() {
        for stream in streams.values {
            for consumer in stream.consumers.values { consumer.markReady() }
        }
    }

    /// Gives back memory that only makes reading faster; for accounts that nobody has used for a while.
    package func releaseCaches() {
        for stream in streams.values { stream.store.releaseCaches() }
    }
}

extension Stream {
    /// What is in the stream's store.
    package var storeState: StoreState { store.state }
}
