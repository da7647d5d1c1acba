import JetStream
import TestSupport
import Testing

/// The stores that pass the shared suite.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case memory
    case file

    var testDescription: String { rawValue }
}

/// A store of some kind, and what it takes to open it again.
final class StoreUnderTest {
    let kind: StoreKind
    private(set) var store: any StreamStore
    let directory: TemporaryDirectory

    init(_ kind: StoreKind) throws {
        self.kind = kind
        directory = try TemporaryDirectory()
        store = try Self.open(kind, directory)
    }

    /// Closes the store and opens it again, if it outlives that.
    func reopen() throws {
        guard kind != .memory else { return }
        try store.close()
        store = try Self.open(kind, directory)
    }

    /// Opens the store again as after the end of the process: what was flushed is in the files, nothing was closed.
    func crash() throws {
        guard kind != .memory else { return }
        try store.flush(sync: false)
        store = try Self.open(kind, directory)
    }

    private static func open(_ kind: StoreKind, _ directory: TemporaryDirectory) throws -> any StreamStore {
        switch kind {
        case .memory: MemoryStore.make()
        case .file: try FileStore.open(directory.path + "/msgs", name: Array("S".utf8), blockSize: 20_000) { _ in }
        }
    }
}

extension StreamStore {
    func append(_ message: StoredMessage, expires: Int64 = 0) throws(StoreError) {
        let subject = message.subject
        let header = message.header
        let body = message.body
        let result = subject.withUnsafeBytes { subject in
            header.withUnsafeBytes { header in
                body.withUnsafeBytes { body in
                    Result { () throws(StoreError) in
                        try append(
                            sequence: message.sequence,
                            timestamp: message.timestamp,
                            expires: expires,
                            subject: subject,
                            header: header,
                            body: body
                        )
                    }
                }
            }
        }
        try result.get()
    }
}

extension StoredMessage {
    /// A message whose parts follow from its sequence.
    init(_ sequence: UInt64, on subject: String, body: String? = nil, header: String = "", timestamp: Int64? = nil) {
        self.init(
            sequence: sequence,
            timestamp: timestamp ?? Int64(sequence) * 1000,
            subject: Array(subject.utf8),
            header: Array(header.utf8),
            body: Array((body ?? "body \(sequence)").utf8)
        )
    }
}

/// The same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
