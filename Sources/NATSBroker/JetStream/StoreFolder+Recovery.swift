import JetStream
import NATSWire

/// What is stored is taken up again.
extension StoreFolder {
    /// Takes up every stream of the account that is stored, with its consumers.
    ///
    /// One that can't be opened is left where it is and reported: the others work on.
    ///
    /// - Returns: the streams that can't be opened.
    func recover(into jetStream: AccountJetStream) -> [String] {
        var unrecovered: [String] = []
        for folder in names(in: path) {
            do {
                guard let stream = try recoverStream(folder, into: jetStream) else { continue }
                recoverConsumers(of: stream, in: path + "/" + folder, into: jetStream)
                stream.removeDone()
            } catch {
                unrecovered.append(FolderName.unescaped(folder) ?? folder)
                report("stream in \(path)/\(folder) was not recovered: \(Self.words(error))")
            }
        }
        return unrecovered
    }

    private static func words(_ error: any Error) -> String {
        (error as? StoreError)?.description ?? "\(error)"
    }

    private func names(in path: String) -> [String] {
        do throws(StoreError) {
            return try files.list(path).sorted()
        } catch {
            report("\(path) can't be read: \(error.description)")
            return []
        }
    }

    private func recoverStream(_ folder: String, into jetStream: AccountJetStream) throws -> JetStream.Stream? {
        let directory = path + "/" + folder
        guard let name = FolderName.unescaped(folder),
            let document = try MetadataFile.read(
                directory + "/" + Self.metadataName, files, report: { report("stream \(name): \($0.description)") })
        else {
            try removeUnfinished(directory)
            return nil
        }
        let metadata = try JSONValue(parsing: document)
        let configuration = try StreamConfiguration(stored: (metadata["config"] ?? .null).encoded())
        guard configuration.name == name, let created = metadata.time("created") else {
            throw StoreError.corrupt(path: directory, offset: 0, reason: "it is not of the stream \(name)")
        }
        let store = try openMessages(of: name, in: directory)
        return jetStream.recoverStream(configuration, created: created, store: store)
    }

    /// Removes what is left of a stream that was about to come or to go, but nothing that another program made.
    private func removeUnfinished(_ directory: String) throws(StoreError) {
        let ours = ["msgs", "consumers", Self.metadataName + ".tmp"]
        guard try files.list(directory).allSatisfy({ ours.contains($0) }) else {
            report("\(directory) holds no stream that can be read; it is left as it is")
            return
        }
        try files.removeTree(directory)
    }

    private func recoverConsumers(
        of stream: JetStream.Stream,
        in directory: String,
        into jetStream: AccountJetStream
    ) {
        for folder in names(in: directory + "/consumers") {
            let place = directory + "/consumers/" + folder
            do {
                guard let name = FolderName.unescaped(folder),
                    let document = try MetadataFile.read(
                        place + "/" + Self.metadataName, files,
                        report: { report("consumer \(name) of stream \(stream.configuration.name): \($0.description)") }
                    )
                else {
                    try files.removeTree(place)
                    continue
                }
                let metadata = try JSONValue(parsing: document)
                let configuration = try ConsumerConfiguration(stored: (metadata["config"] ?? .null).encoded())
                let created = metadata.time("created") ?? 0
                let (store, isNew) = try recoverState(of: name, in: place, of: stream.configuration.name)
                try jetStream.recoverConsumer(
                    configuration, name: name, created: created, store: store, startingAnew: isNew, of: stream)
            } catch {
                report("consumer in \(place) was not recovered: \(Self.words(error))")
            }
        }
    }
}

extension StoreFolder {
    /// The state of a consumer; where that can't be read it is put aside, and the consumer starts anew.
    private func recoverState(
        of consumer: String, in directory: String, of stream: String
    ) throws(StoreError) -> (any ConsumerStateStore, isNew: Bool) {
        do {
            return (try openState(of: consumer, in: directory, of: stream), false)
        } catch .corrupt(let path, let offset, let reason) {
            let words = StoreError.corrupt(path: path, offset: offset, reason: reason).description
            report(
                "consumer \(consumer) of stream \(stream): \(words); it is kept as \(path).bad, and the consumer starts anew"
            )
            try files.rename(path, to: path + ".bad")
            return (try openState(of: consumer, in: directory, of: stream), true)
        }
    }
}

extension JSONValue {
    /// A member that is a time, in nanoseconds since 1970.
    fileprivate func time(_ key: String) -> Int64? {
        guard case .string(let text) = self[key] else { return nil }
        return GoTime(rfc3339: text)?.nanoseconds
    }
}
