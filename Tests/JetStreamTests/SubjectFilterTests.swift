import JetStream
import Testing

@Suite("Subject filters")
struct SubjectFilterTests {
    @Test("A filter without wildcards takes one subject alone")
    func literal() {
        #expect(SubjectFilter(Array("events.a".utf8)).isLiteral)
        #expect(!SubjectFilter(Array("events.*".utf8)).isLiteral)
        #expect(!SubjectFilter(Array("events.>".utf8)).isLiteral)
    }
}
