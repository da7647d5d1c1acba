import Testing

@testable import JetStream

@Suite("Atomic batches")
struct AtomicBatchTests {
    private func message(_ bytes: Int) -> AtomicBatch.Message {
        AtomicBatch.Message(subject: [], header: [], body: Array(repeating: 0, count: bytes))
    }

    @Test("All batches of a stream together hold so many bytes, and not one more")
    func room() {
        var batch = AtomicBatch(deadline: 0)
        var other = AtomicBatch(deadline: 0)
        batch.append(message(1_000))
        other.append(message(AtomicBatch.mostBytes - 1_500))
        #expect(batch.hasRoom(for: message(500), beside: [other]))
        #expect(!batch.hasRoom(for: message(501), beside: [other]))
        #expect(batch.hasRoom(for: message(501), beside: []))
        #expect(batch.bytes == 1_000)
    }
}
