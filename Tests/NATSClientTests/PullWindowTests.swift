import NATSWire
import NIOCore
import Testing

@testable import NATSClient

@Suite("What was asked for and has not come")
struct PullWindowTests {
    private func window(batch: Int = 10, _ change: (inout PullOptions) -> Void = { _ in }) -> PullWindow {
        var options = PullOptions(batch: batch)
        change(&options)
        return PullWindow(PullSettings(options))
    }

    private func message(_ size: Int = 0, headers: Headers = [:]) -> NATSMessage {
        NATSMessage(subject: "s", headers: headers, payload: ByteBuffer(repeating: 0, count: size))
    }

    private func headers(_ status: Int, _ words: String, _ fields: KeyValuePairs<String, String> = [:]) -> Headers {
        Headers(
            block: HeaderBlock(
                fields: fields.map { HeaderBlock.Field(name: $0.key, value: $0.value) },
                status: status,
                statusDescription: words
            )
        )
    }

    @Test("is filled up when half of it is taken")
    func threshold() {
        var window = window()
        #expect(window.nextRequest()?["batch"] == 10)
        for _ in 0..<4 { window.received(message()) }
        #expect(window.nextRequest() == nil)
        window.received(message())
        #expect(window.nextRequest()?["batch"] == 5)
        #expect(window.nextRequest() == nil)
    }

    @Test("says all that the options say")
    func request() {
        var window = window {
            $0.expires = .seconds(8)
            var priority = PullPriority(group: "g")
            priority.minimumPending = 3
            $0.priority = priority
        }
        let body = window.nextRequest().map { JSONValue.object($0.members).encoded() } ?? []
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"batch":10,"expires":8000000000,"idle_heartbeat":4000000000,"group":"g","min_pending":3}"#
        )
    }

    @Test("counts bytes as the server does: subjects, headers and payloads")
    func bytes() {
        var window = window { $0.maximumBytes = 1000 }
        #expect(window.nextRequest()?["max_bytes"] == 1000)
        window.received(message(498, headers: ["A": "1"]))
        // 1 for the subject, 498 for the payload, "NATS/1.0\r\nA: 1\r\n\r\n" is 18 and the sum is above half.
        #expect(window.nextRequest()?["max_bytes"] == 519)
    }

    @Test("forgets what an ended request will not bring")
    func expiry() {
        var window = window()
        _ = window.nextRequest()
        for _ in 0..<5 { window.received(message()) }
        _ = window.nextRequest()
        let ended = window.received(
            status: 408, headers(408, "Request Timeout", ["Nats-Pending-Messages": "5", "Nats-Pending-Bytes": "0"]))
        #expect(ended == .goOn)
        #expect(window.messages == 5)
        #expect(window.received(status: 404, headers(404, "No Messages")) == .goOn)
        #expect(window.isExhausted)
    }

    @Test(
        "goes on after what only ends a request",
        arguments: ["Leadership Change", "Server Shutdown", "Message Size Exceeds MaxBytes", "Batch Completed"])
    func temporary(words: String) {
        var window = window()
        _ = window.nextRequest()
        #expect(window.received(status: 409, headers(409, words)) == .goOn)
        #expect(window.isExhausted)
    }

    @Test("ends with the consumer, and with a request that breaks a limit")
    func final() {
        var window = window()
        guard case .fail(let deleted) = window.received(status: 409, headers(409, "Consumer Deleted")),
            case .fail(let refused) = window.received(status: 409, headers(409, "Exceeded MaxRequestBatch of 5")),
            case .fail(let bad) = window.received(status: 400, headers(400, "Bad Request"))
        else {
            Issue.record("it goes on")
            return
        }
        #expect(deleted.code == .consumerDeleted)
        #expect(refused.description == "nats: Exceeded MaxRequestBatch of 5")
        #expect([refused.code, bad.code] == [.pullRefused, .pullRefused])
    }

    @Test("shows the server that it is the pinned client, until it no longer is")
    func pin() {
        var window = window()
        _ = window.nextRequest()
        for _ in 0..<5 { window.received(message(headers: ["Nats-Pin-Id": "p"])) }
        #expect(window.nextRequest()?["id"] == "p")
        #expect(window.received(status: 423, headers(423, "Nats-Wrong-Pin-Id")) == .goOn)
        let next = window.nextRequest()
        #expect(next?["batch"] == 10)
        #expect((next?["id"] as String?) == nil)
    }
}
