import NATSWire
import Testing

@Suite("Unique identifiers")
struct NUIDTests {
    @Test("Those of one generator differ in their last characters, which count up")
    func counting() {
        var generator = NUID()
        let identifiers = (0..<1_000).map { _ in generator.next() }
        #expect(identifiers.allSatisfy { $0.utf8.count == NUID.length })
        // A generator starts anew where its numbers end, which is once in some 10^15 identifiers.
        #expect(Set(identifiers.map { $0.prefix(12) }).count == 1)
        #expect(Set(identifiers.map { $0.suffix(8) }).count == identifiers.count)
        #expect(identifiers == identifiers.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
}
