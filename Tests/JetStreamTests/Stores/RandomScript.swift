import JetStream
import Testing

/// A random sequence of operations, done to a store and to the model of it.
struct RandomScript {
    var model = ModelStore()
    private(set) var done: [String] = []
    private var random: SeededGenerator
    private var clock: Int64 = 1000
    private let subjects: Int
    private let largest: Int

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        subjects = [1, 3, 12, 60][Int(seed % 4)]
        largest = [40, 3000, 400][Int(seed % 3)]
    }

    mutating func step(_ tested: StoreUnderTest) throws {
        let store = tested.store
        model.isInMemory = tested.kind == .memory
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<50: try appendSome(store)
        case 50..<66: try removeSome(store)
        case 66..<68:
            let sequence = anySequence()
            done.append("compact \(sequence)")
            #expect(try store.compact(to: sequence) == model.compact(to: sequence))
        case 68..<70: try purge(store)
        case 70..<76:
            done.append("flush")
            try store.flush(sync: Bool.random(using: &random))
        case 76..<78:
            done.append("reopen")
            try tested.reopen()
        case 78..<80:
            done.append("crash")
            try tested.crash()
        case 80..<81:
            store.releaseCaches()
        default: try compareSome(store)
        }
    }

    private mutating func appendSome(_ store: any StreamStore) throws {
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let gap = Int.random(in: 0..<40, using: &random) == 0 ? UInt64.random(in: 1...200, using: &random) : 0
            clock += Int64.random(in: 0...3, using: &random)
            let size = Int.random(in: 0...largest, using: &random)
            let message = StoredMessage(
                sequence: model.lastSequence + 1 + gap,
                timestamp: clock,
                subject: anySubject(),
                header: Bool.random(using: &random) ? Array("NATS/1.0\r\nA: \(size)\r\n\r\n".utf8) : [],
                body: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
            )
            try store.append(message)
            model.append(message)
            done.append("append \(message.sequence)")
        }
    }

    private mutating func removeSome(_ store: any StreamStore) throws {
        let fromFront = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let sequence = fromFront ? model.state.firstSequence : anySequence()
            let isSecure = Int.random(in: 0..<4, using: &random) == 0
            done.append("remove \(sequence)")
            #expect(try store.remove(sequence, secure: isSecure) == model.remove(sequence))
        }
    }

    private mutating func purge(_ store: any StreamStore) throws {
        let filter = Int.random(in: 0..<4, using: &random) == 0 ? nil : anyFilter()
        let sequence = Bool.random(using: &random) ? anySequence() : nil
        let keep = sequence == nil && Bool.random(using: &random) ? Int.random(in: 0...5, using: &random) : nil
        done.append("purge \(String(describing: filter)) \(String(describing: sequence)) \(String(describing: keep))")
        let expected = model.purge(matching: filter, before: sequence, keep: keep)
        #expect(try store.purge(matching: filter, before: sequence, keep: keep) == expected)
    }

    private mutating func compareSome(_ store: any StreamStore) throws {
        let sequence = anySequence()
        let filters = (0..<Int.random(in: 0...2, using: &random)).map { _ in anyFilter() }
        let subject = anySubject()
        let context = "sequence \(sequence) after \(done.suffix(12))"
        #expect(try store.message(sequence) == model.messages.first { $0.sequence == sequence }, "\(context)")
        let next = model.next(from: sequence, matching: filters)
        #expect(try store.withNext(from: sequence, matching: filters) { $0.message } == next, "\(context)")
        #expect(try store.last(on: subject) == model.last(on: subject, upTo: nil), "\(context)")
        #expect(try store.last(on: subject, upTo: sequence) == model.last(on: subject, upTo: sequence), "\(context)")
        let states = model.subjects(matching: SubjectFilter(subject))
        #expect(try store.state(of: subject) == states[subject], "\(context)")
        for lastPerSubject in [false, true] {
            #expect(
                try store.pending(from: sequence, matching: filters, lastPerSubject: lastPerSubject)
                    == model.pending(from: sequence, matching: filters, lastPerSubject: lastPerSubject),
                "\(context)"
            )
        }
        let time = Int64.random(in: 900...clock + 5, using: &random)
        #expect(try store.sequence(at: time) == model.sequence(at: time), "\(context)")
    }

    /// Compares everything that there is.
    func compareAll(_ store: any StreamStore) throws {
        var seen: [StoredMessage] = []
        try store.visit(from: 0, matching: []) {
            seen.append($0.message)
            return true
        }
        #expect(seen == model.messages)
        #expect(store.deleted == model.deleted)
        for pattern in [">", "s.*", "s.1.>", "*.2"] {
            let filter = SubjectFilter(Array(pattern.utf8))
            let states = try store.subjects(matching: filter)
            #expect(
                Dictionary(uniqueKeysWithValues: states.map { ($0.subject, $0.state) })
                    == model.subjects(matching: filter))
        }
    }

    private mutating func anySequence() -> UInt64 {
        let first = model.messages.first?.sequence ?? 0
        return UInt64.random(in: first...model.lastSequence + 3, using: &random)
    }

    private mutating func anySubject() -> [UInt8] {
        let number = Int.random(in: 0..<subjects, using: &random)
        return Array((number % 3 == 0 ? "s.\(number)" : "s.\(number % 3).\(number)").utf8)
    }

    private mutating func anyFilter() -> SubjectFilter {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: SubjectFilter(Array("s.*".utf8))
        case 1: SubjectFilter(Array("s.1.>".utf8))
        default: SubjectFilter(anySubject())
        }
    }
}
