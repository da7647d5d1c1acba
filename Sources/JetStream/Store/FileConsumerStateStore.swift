/// Keeps a consumer's state in a directory: `state`, and in `events.<generation>` what happened since that was written.
///
/// A flush appends one frame of a few bytes for each event; now and then the events are folded into a new `state`. What was
/// flushed stays when the process is killed; a frame that was not written whole is not taken.
package final class FileConsumerStateStore: ConsumerStateStore {
    /// Events are folded into a new state when they take more than this, and more than twice what the state takes.
    private static let leastBeforeFolding = 1 << 20

    package let ledger = ConsumerLedger(ConsumerState())
    private let directory: String
    private let key: UInt64
    private let files: any StoreFileSystem
    private let report: (StoreReport) -> Void

    private var waiting = ByteWriter()
    private var lastTimestamp: Int64 = 0
    /// The last delivery that needs no acknowledgement. Those before it say nothing that it does not say.
    private var settled: ConsumerEvent?
    private var generation: UInt64 = 0
    private var written = 0
    private var stateSize = 0
    private var file: Int32?
    private var isClosed = false

    /// Opens the state in `directory`, or starts with `initial` where there is none.
    ///
    /// - Parameter name: the consumer's and its stream's name; it goes into the checksums.
    /// - Throws: ``StoreError``, ``StoreError/corrupt(path:offset:reason:)`` where the state is not readable.
    package init(
        _ directory: String,
        name: [UInt8],
        initial: ConsumerState = ConsumerState(),
        files: any StoreFileSystem = SystemFiles(),
        report: @escaping (StoreReport) -> Void
    ) throws(StoreError) {
        self.directory = directory
        self.files = files
        self.report = report
        key = name.withUnsafeBytes { XXHash64.hash($0, seed: 1) }
        try files.makeDirectory(directory)
        if let bytes = try files.contents(of: statePath) {
            try load(bytes)
        } else {
            ledger.state = initial
            try fold()
        }
    }

    deinit {
        if let file { files.close(file) }
    }

    private var statePath: String { directory + "/state" }
    private func eventsPath(_ generation: UInt64) -> String { directory + "/events.\(generation)" }

    package func record(_ event: ConsumerEvent) {
        ledger.state.apply(event)
        if case .delivered(_, _, _, _, needsAck: false) = event {
            settled = event
        } else {
            encodeSettled()
            event.encode(to: &waiting, since: &lastTimestamp)
        }
    }

    private func encodeSettled() {
        settled?.encode(to: &waiting, since: &lastTimestamp)
        settled = nil
    }

    package func flush(sync: Bool) throws(StoreError) {
        guard !isClosed else { throw .closed }
        encodeSettled()
        if !waiting.bytes.isEmpty {
            let frame = waiting.frame(key: key ^ generation)
            try files.write(try eventsFile(), frame, at: written)
            written += frame.count
            waiting = ByteWriter()
            lastTimestamp = 0
        }
        if written > max(Self.leastBeforeFolding, stateSize * 2) { foldOrTryLater() }
        if sync, written > 0 { try files.sync(try eventsFile()) }
    }

    package func replace(with state: ConsumerState) throws(StoreError) {
        guard !isClosed else { throw .closed }
        let old = ledger.state
        ledger.state = state
        do {
            try fold()
        } catch {
            ledger.state = old
            throw error
        }
    }

    package func close() throws(StoreError) {
        guard !isClosed else { return }
        try flush(sync: true)
        if written > 0 { try fold() }
        isClosed = true
        closeFile()
    }

    package func delete() throws(StoreError) {
        isClosed = true
        closeFile()
        for name in try files.list(directory) { try files.remove(directory + "/" + name) }
        try files.remove(directory)
    }

    private func foldOrTryLater() {
        do {
            try fold()
        } catch {
            report(.postponed(path: statePath, error: error))
        }
    }

    /// Writes down the state, and starts a new file of events.
    private func fold() throws(StoreError) {
        let bytes = state.encoded(generation: generation + 1, key: key)
        try files.replace(statePath, with: bytes)
        closeFile()
        stateSize = bytes.count
        written = 0
        waiting = ByteWriter()
        settled = nil
        lastTimestamp = 0
        generation += 1
        do {
            try files.remove(eventsPath(generation - 1))
        } catch {
            report(.postponed(path: eventsPath(generation - 1), error: error))
        }
    }

    private func load(_ bytes: [UInt8]) throws(StoreError) {
        guard let read = bytes.withUnsafeBytes({ ConsumerState.decode($0, key: key) }) else {
            throw .corrupt(path: statePath, offset: 0, reason: "the consumer's state is not what was written")
        }
        ledger.state = read.state
        generation = read.generation
        stateSize = bytes.count
        if let place = read.firstBroken { report(.mended(path: statePath, offset: place)) }
        for name in try files.list(directory) where name.hasPrefix("events.") && name != "events.\(generation)" {
            try files.remove(directory + "/" + name)
        }
        if let events = try files.contents(of: eventsPath(generation)) { try load(events: events) }
        if read.firstBroken != nil { foldOrTryLater() }
    }

    private func load(events: [UInt8]) throws(StoreError) {
        written = events.withUnsafeBytes { bytes in
            ByteReader.forEachFrame(bytes, key: key ^ generation) { frame in
                var timestamp: Int64 = 0
                while !frame.isAtEnd, let event = ConsumerEvent(from: &frame, since: &timestamp) {
                    ledger.state.apply(event)
                }
            }
        }
        guard written < events.count else { return }
        report(.tornTail(path: eventsPath(generation), offset: written, bytes: events.count - written))
        try files.truncate(try eventsFile(), to: written)
    }

    private func eventsFile() throws(StoreError) -> Int32 {
        if let file { return file }
        let opened = try files.open(eventsPath(generation), forWriting: true)
        file = opened
        return opened
    }

    private func closeFile() {
        if let file { files.close(file) }
        file = nil
    }
}
