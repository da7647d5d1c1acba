import Foundation
import NATSWire
import Testing

@testable import NATSClient

@Suite("JetStream's documents and subjects")
struct JetStreamDocumentTests {
    @Test(
        "tell a delivery's place, in the short and in the long form",
        arguments: [
            ("$JS.ACK.S.C.2.30.40.1700000000123456789.5", nil as String?),
            ("$JS.ACK.hub.ACC.S.C.2.30.40.1700000000123456789.5.rnd", "hub"),
            ("$JS.ACK._.ACC.S.C.2.30.40.1700000000123456789.5.rnd", nil),
        ])
    func metadata(subject: String, domain: String?) throws {
        let metadata = try #require(MessageMetadata(replySubject: subject))
        #expect(metadata.domain == domain)
        #expect(metadata.stream == "S")
        #expect(metadata.consumer == "C")
        #expect(metadata.deliveries == 2)
        #expect(metadata.streamSequence == 30)
        #expect(metadata.consumerSequence == 40)
        #expect(metadata.pending == 5)
        #expect(metadata.nanoseconds == 1_700_000_000_123_456_789)
        #expect(abs(metadata.time.timeIntervalSince1970 - 1_700_000_000.123456) < 1e-5)
    }

    @Test(
        "are told apart from other subjects", arguments: ["_INBOX.a", "$JS.ACK.S.C.1.2.3.4", "$JS.ACK.S.C.x.2.3.4.5"])
    func noMetadata(subject: String) {
        #expect(MessageMetadata(replySubject: subject) == nil)
    }

    @Test("write times as Go does, and read every zone")
    func times() throws {
        let time = try #require(Timestamp.parse("2024-02-29T23:59:58.120000000Z"))
        #expect(Timestamp.text(time) == "2024-02-29T23:59:58.12Z")
        #expect(Timestamp.parse("2024-03-01T01:59:58.12+02:00") == time)
        #expect(Timestamp.parse("2024-02-29T18:29:58.12-05:30") == time)
        #expect(Timestamp.text(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.text(Date(timeIntervalSince1970: -1)) == "1969-12-31T23:59:59Z")
        for text in ["", "2024-02-29", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00Zx"] {
            #expect(Timestamp.parse(text) == nil)
        }
        #expect(Date(json: "0001-01-01T00:00:00Z") == nil)
        let exact = "2026-11-22T12:18:19.530001234Z"
        #expect(Timestamp.nanoseconds(exact).map(Timestamp.text(nanoseconds:)) == exact)
        #expect(Timestamp.text(nanoseconds: -1) == "1969-12-31T23:59:59.999999999Z")
    }

    @Test("keep members that are not known, and their order")
    func unknownMembers() throws {
        let text = #"{"name":"S","new_thing":{"a":[1]},"max_msgs":5}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        var configuration = try #require(StreamConfiguration(json: value))
        configuration.maximumMessages = 6
        configuration.summary = "x"
        #expect(
            String(decoding: configuration.json.encoded(), as: UTF8.self)
                == #"{"name":"S","new_thing":{"a":[1]},"max_msgs":6,"description":"x"}"#
        )
    }

    @Test("say where a consumer begins")
    func deliverPolicies() {
        var configuration = ConsumerConfiguration()
        let policies: [DeliverPolicy] = [
            .all, .last, .lastPerSubject, .new, .startSequence(7), .startTime(Date(timeIntervalSince1970: 1)),
        ]
        for policy in policies {
            configuration.deliverPolicy = policy
            #expect(configuration.deliverPolicy == policy)
        }
        configuration.deliverPolicy = .all
        #expect((configuration.document["opt_start_time"] as String?) == nil)
    }

    @Test("notice that a delivery is missing")
    func deliveryOrder() throws {
        func metadata(_ stream: Int, _ consumer: Int) throws -> MessageMetadata {
            try #require(MessageMetadata(replySubject: "$JS.ACK.S.C.1.\(stream).\(consumer).0.0"))
        }
        var order = DeliveryOrder()
        #expect(order.accepts(try metadata(5, 1)))
        #expect(order.accepts(try metadata(9, 2)))
        #expect(!order.accepts(try metadata(11, 4)))
        #expect(order.lastStreamSequence == 9)
        order.restart()
        #expect(order.accepts(try metadata(10, 1)))
    }

    @Test("carry the server's refusal")
    func refusal() throws {
        let text = #"{"type":"x","error":{"code":404,"err_code":10059,"description":"stream not found"}}"#
        guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else { return }
        let error = try #require(JetStreamError(answer: JSONDocument(members)))
        #expect(error.serverCode == .streamNotFound)
        #expect(error.description == "stream not found (10059)")
        #expect(error.status == 404)
    }
}
