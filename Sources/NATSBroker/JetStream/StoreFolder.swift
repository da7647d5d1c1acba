import JetStream

/// Where the streams of one account are stored: `<store_dir>/jetstream/<account>/streams/<stream>`.
///
/// A stream or a consumer is there from the moment that its `meta.json` is, which is written last and removed first.
final class StoreFolder: StoreProvider {
    let path: String
    let files: any StoreFileSystem
    let report: (String) -> Void

    /// - Parameters:
    ///   - root: `<store_dir>/jetstream`.
    ///   - report: told what was found wrong in the stores.
    init(
        _ root: String,
        account: String,
        files: any StoreFileSystem = SystemFiles(),
        report: @escaping (String) -> Void
    ) {
        path = root + "/" + FolderName.escaped(account) + "/streams"
        self.files = files
        self.report = report
    }

    static let metadataName = "meta.json"

    func directory(of stream: String) -> String { path + "/" + FolderName.escaped(stream) }

    func directory(of consumer: String, in stream: String) -> String {
        directory(of: stream) + "/consumers/" + FolderName.escaped(consumer)
    }

    // MARK: Streams

    func makeStream(
        _ configuration: StreamConfiguration,
        metadata: [UInt8]
    ) throws(StoreError) -> any StreamStore {
        guard configuration.storage == .file else { return MemoryStore.make() }
        let directory = directory(of: configuration.name)
        let store = try openMessages(of: configuration.name, in: directory)
        do {
            try MetadataFile.write(metadata, to: directory + "/" + Self.metadataName, files)
        } catch {
            try? store.delete()
            try? files.remove(directory)
            throw error
        }
        return store
    }

    func openMessages(of stream: String, in directory: String) throws(StoreError) -> any StreamStore {
        try FileStore.open(directory + "/msgs", name: Array(stream.utf8), files: files) { [report] in
            report("stream \(stream): \($0.description)")
        }
    }

    func updateStream(_ configuration: StreamConfiguration, metadata: [UInt8]) throws(StoreError) {
        guard configuration.storage == .file else { return }
        try MetadataFile.write(metadata, to: directory(of: configuration.name) + "/" + Self.metadataName, files)
    }

    func deleteStream(_ configuration: StreamConfiguration, _ store: any StreamStore) throws(StoreError) {
        guard configuration.storage == .file else { return try store.delete() }
        let directory = directory(of: configuration.name)
        try files.remove(directory + "/" + Self.metadataName)
        try store.delete()
        try files.removeTree(directory)
    }

    // MARK: Consumers

    func makeConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        state: ConsumerState,
        metadata: [UInt8]
    ) throws(StoreError) -> any ConsumerStateStore {
        guard Self.isStored(configuration, of: stream) else { return MemoryConsumerStateStore(state) }
        let name = configuration.storedName
        let directory = directory(of: name, in: stream.name)
        // What a consumer of this name left behind that was not quite there yet, or not quite gone.
        try files.removeTree(directory)
        let store = try openState(of: name, in: directory, of: stream.name, initial: state)
        do {
            try MetadataFile.write(metadata, to: directory + "/" + Self.metadataName, files)
        } catch {
            try? store.delete()
            throw error
        }
        return store
    }

    func openState(
        of consumer: String,
        in directory: String,
        of stream: String,
        initial: ConsumerState = ConsumerState()
    ) throws(StoreError) -> any ConsumerStateStore {
        try FileConsumerStateStore(
            directory, name: Array("\(stream) \(consumer)".utf8), initial: initial, files: files
        ) { [report] in
            report("consumer \(consumer) of stream \(stream): \($0.description)")
        }
    }

    func updateConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        metadata: [UInt8]
    ) throws(StoreError) {
        guard Self.isStored(configuration, of: stream) else { return }
        let directory = directory(of: configuration.storedName, in: stream.name)
        try MetadataFile.write(metadata, to: directory + "/" + Self.metadataName, files)
    }

    func deleteConsumer(
        _ configuration: ConsumerConfiguration,
        of stream: StreamConfiguration,
        _ store: any ConsumerStateStore
    ) throws(StoreError) {
        if Self.isStored(configuration, of: stream) {
            let directory = directory(of: configuration.storedName, in: stream.name)
            try files.remove(directory + "/" + Self.metadataName)
        }
        try store.delete()
    }

    private static func isStored(_ configuration: ConsumerConfiguration, of stream: StreamConfiguration) -> Bool {
        stream.storage == .file && !configuration.isInMemory
    }
}

extension ConsumerConfiguration {
    /// The name that the consumer goes by.
    var storedName: String { durable.isEmpty ? name : durable }
}

extension StoreFileSystem {
    /// Removes a file, or a directory with all that is in it. What is missing is no error.
    func removeTree(_ path: String) throws(StoreError) {
        // A directory that is not empty can't be removed, and is looked into.
        if (try? remove(path)) != nil { return }
        for name in try list(path) { try removeTree(path + "/" + name) }
        try remove(path)
    }
}
