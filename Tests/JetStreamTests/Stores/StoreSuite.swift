import JetStream
import Testing

@Suite("Every store")
struct StoreSuite {
    @Test("agrees with a simple model after any sequence of operations", arguments: StoreKind.allCases, 0..<12)
    func random(kind: StoreKind, seed: Int) throws {
        let tested = try StoreUnderTest(kind)
        var script = RandomScript(seed: UInt64(seed))
        for _ in 0..<150 {
            try script.step(tested)
            try #require(tested.store.state == script.model.state, "after \(script.done.suffix(12))")
        }
        try script.compareAll(tested.store)
        try tested.reopen()
        try #require(tested.store.state == script.model.state)
        try script.compareAll(tested.store)
        try tested.store.delete()
    }

    @Test("starts with nothing in it", arguments: StoreKind.allCases)
    func empty(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        #expect(tested.store.state == StoreState())
        #expect(try tested.store.message(1) == nil)
        #expect(try tested.store.last(on: Array("a".utf8)) == nil)
        #expect(try tested.store.sequence(at: 5) == 1)
        #expect(try tested.store.remove(1, secure: false) == false)
        #expect(tested.store.deleted.isEmpty)
    }

    @Test("gives the next message at least the sequence that it was compacted to", arguments: StoreKind.allCases)
    func compactBeyond(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        try tested.store.append(StoredMessage(1, on: "a"))
        #expect(try tested.store.compact(to: 100) == 1)
        try tested.reopen()
        #expect(tested.store.state.firstSequence == 100)
        #expect(tested.store.state.lastSequence == 99)
        #expect(throws: StoreError.outOfOrder(sequence: 99, last: 99)) {
            try tested.store.append(StoredMessage(99, on: "a"))
        }
        try tested.store.append(StoredMessage(100, on: "a"))
        #expect(try tested.store.message(100) == StoredMessage(100, on: "a"))
    }

    @Test("names messages whose own time to live ended, once", arguments: StoreKind.allCases)
    func expiration(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        for sequence in UInt64(1)...6 {
            let expires: Int64 = [0, 500, 300, 400, 0, 300][Int(sequence) - 1]
            try tested.store.append(StoredMessage(sequence, on: "a"), expires: expires)
        }
        try tested.store.remove(4, secure: false)
        try tested.reopen()
        #expect(tested.store.nextExpiration == 300)
        #expect(tested.store.takeExpired(at: 299).isEmpty)
        #expect(tested.store.takeExpired(at: 450).sorted() == [3, 6])
        #expect(tested.store.takeExpired(at: 500) == [2])
        #expect(tested.store.nextExpiration == nil)
        #expect(try tested.store.withNext(from: 2, matching: []) { $0.expires } == 500)
        #expect(try tested.store.withNext(from: 2, matching: []) { $0.message } == StoredMessage(2, on: "a"))
    }

    @Test("lends messages in order until it is told to stop", arguments: StoreKind.allCases)
    func visiting(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        for sequence in UInt64(1)...1000 { try tested.store.append(StoredMessage(sequence, on: "s.\(sequence % 10)")) }
        try tested.store.flush(sync: false)
        var seen: [UInt64] = []
        try tested.store.visit(
            from: 500, matching: [SubjectFilter(Array("s.3".utf8)), SubjectFilter(Array("s.7".utf8))]
        ) {
            seen.append($0.sequence)
            return seen.count < 5
        }
        #expect(seen == [503, 507, 513, 517, 523])
    }

    @Test("holds many messages on many subjects, also when it is opened again", arguments: StoreKind.allCases)
    func many(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        for sequence in UInt64(1)...30_000 {
            try tested.store.append(StoredMessage(sequence, on: "s.\(sequence % 1000)", body: ""))
            if sequence > 5000 {
                // Five are kept on each subject, so that the first one is asked for with every message.
                let first = try tested.store.state(of: Array("s.\(sequence % 1000)".utf8))?.first
                try #require(first == sequence - 5000)
                try tested.store.remove(sequence - 5000, secure: false)
            }
            if sequence % 1000 == 0 { try tested.store.flush(sync: false) }
        }
        for _ in 0..<2 {
            #expect(tested.store.state.messages == 5000)
            #expect(tested.store.state.subjects == 1000)
            #expect(tested.store.state.firstSequence == 25_001)
            #expect(tested.store.state.firstTimestamp == 25_001_000)
            var next: UInt64 = 25_001
            try tested.store.visit(from: 0, matching: []) { message in
                guard message.sequence == next else { return false }
                next += 1
                return true
            }
            #expect(next == 30_001)
            try tested.crash()
        }
    }

    @Test("keeps large sequences apart that lie far from each other", arguments: StoreKind.allCases)
    func gaps(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        let sequences: [UInt64] = [3, 4, 1_000_000, 1_000_001, 1_000_000_000_000, UInt64.max / 2]
        for sequence in sequences { try tested.store.append(StoredMessage(sequence, on: "a", timestamp: 7)) }
        try tested.reopen()
        var seen: [UInt64] = []
        try tested.store.visit(from: 0, matching: []) {
            seen.append($0.sequence)
            return true
        }
        #expect(seen == sequences)
        #expect(tested.store.deleted.map(\.lowerBound) == [5, 1_000_002, 1_000_000_000_001])
        #expect(try tested.store.pending(from: 1_000_001, matching: [], lastPerSubject: false) == 3)
    }

    @Test("refuses a subject that is too long", arguments: StoreKind.allCases)
    func tooLarge(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        #expect(throws: StoreError.tooLarge) {
            try tested.store.append(StoredMessage(1, on: String(repeating: "a", count: 65_536)))
        }
        try tested.store.append(StoredMessage(1, on: String(repeating: "a", count: 65_535)))
        #expect(try tested.store.message(1)?.subject.count == 65_535)
    }

    @Test("answers nothing once it is closed", arguments: StoreKind.allCases)
    func closed(kind: StoreKind) throws {
        let tested = try StoreUnderTest(kind)
        try tested.store.append(StoredMessage(1, on: "a"))
        try tested.store.close()
        #expect(throws: StoreError.closed) { try tested.store.message(1) }
        #expect(throws: StoreError.closed) { try tested.store.append(StoredMessage(2, on: "a")) }
        #expect(throws: StoreError.closed) { try tested.store.flush(sync: false) }
    }
}
