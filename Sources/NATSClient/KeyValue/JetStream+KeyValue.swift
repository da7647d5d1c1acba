extension JetStream {
    /// Creates a key-value bucket. It is no error if there is one with the very same configuration.
    ///
    /// - Throws: ``JetStreamError/Code/badArgument``, and ``JetStreamError`` with ``ServerErrorCode/streamNameInUse`` if there
    ///   is another one of the name.
    @discardableResult
    public func createKeyValue(_ configuration: KeyValueConfiguration) async throws(JetStreamError) -> KeyValueBucket {
        KeyValueBucket(stream: try await createStream(try configuration.streamConfiguration()))
    }

    /// Changes a bucket's configuration.
    ///
    /// - Throws: ``JetStreamError/Code/bucketNotFound``.
    @discardableResult
    public func updateKeyValue(_ configuration: KeyValueConfiguration) async throws(JetStreamError) -> KeyValueBucket {
        let configuration = try configuration.streamConfiguration()
        do {
            return KeyValueBucket(stream: try await updateStream(configuration))
        } catch let error where error.serverCode == .streamNotFound {
            throw error.recoded(.bucketNotFound, "nats: bucket not found")
        }
    }

    /// A key-value bucket that exists.
    ///
    /// - Throws: ``JetStreamError/Code/bucketNotFound``.
    public func keyValue(_ bucket: String) async throws(JetStreamError) -> KeyValueBucket {
        try BucketName.check(bucket, of: "bucket")
        do {
            return KeyValueBucket(stream: try await stream(BucketName.keyValuePrefix + bucket))
        } catch let error where error.serverCode == .streamNotFound {
            throw error.recoded(.bucketNotFound, "nats: bucket not found")
        }
    }

    /// Removes a bucket and all that is in it.
    ///
    /// - Throws: ``JetStreamError/Code/bucketNotFound``.
    public func deleteKeyValue(_ bucket: String) async throws(JetStreamError) {
        try BucketName.check(bucket, of: "bucket")
        do {
            try await deleteStream(BucketName.keyValuePrefix + bucket)
        } catch let error where error.serverCode == .streamNotFound {
            throw error.recoded(.bucketNotFound, "nats: bucket not found")
        }
    }

    /// All key-value buckets of the account.
    public func keyValueBuckets() async throws(JetStreamError) -> [KeyValueStatus] {
        try await streams(subject: "$KV.*.>")
            .filter { $0.configuration.name.hasPrefix(BucketName.keyValuePrefix) }
            .map(KeyValueStatus.init)
    }
}
