import NIOCore
import Testing

@testable import NATSBroker

/// What a client's first bytes are taken for, without a socket.
@Suite("TLS or not")
struct TLSGateMachineTests {
    private let hello: [UInt8] = [22, 3, 1, 0, 100]

    private func machine(_ greeting: TLSEndpoint.Greeting, allowsPlain: Bool = false) -> TLSGateMachine {
        TLSGateMachine(greeting: greeting, allowsPlain: allowsPlain, timeout: .seconds(2))
    }

    @Test("where TLS is required, five bytes tell a handshake from anything else")
    func required() {
        var gate = machine(.infoFirst)
        #expect(gate.start() == .expectHandshake)
        #expect(gate.received(hello.prefix(4)) == .keepWaiting)
        #expect(gate.received(hello) == .secure)
        var refusing = machine(.infoFirst)
        _ = refusing.start()
        #expect(refusing.received(Array("CONNECT".utf8)) == .refuse)
    }

    @Test("where both are allowed, the first byte decides, and silence means no TLS")
    func allowed() {
        var plain = machine(.infoFirst, allowsPlain: true)
        #expect(plain.start() == .wait(.seconds(2)))
        #expect(plain.received(Array("P".utf8)) == .goPlain)
        var secure = machine(.infoFirst, allowsPlain: true)
        _ = secure.start()
        #expect(secure.received([22]) == .expectHandshake)
        #expect(secure.received(hello) == .secure)
        var silent = machine(.infoFirst, allowsPlain: true)
        _ = silent.start()
        #expect(silent.expired() == .goPlain)
    }

    @Test("a client that must begin is waited for, whether others may go without TLS or not", arguments: [false, true])
    func handshakeFirst(allowsPlain: Bool) {
        var gate = machine(.handshakeFirst(fallback: nil), allowsPlain: allowsPlain)
        #expect(gate.start() == .expectHandshake)
        #expect(gate.received(hello) == .secure)
    }

    @Test("a client that does not begin in time is sent INFO after all")
    func fallback() {
        var gate = machine(.handshakeFirst(fallback: .milliseconds(50)), allowsPlain: true)
        #expect(gate.start() == .wait(.milliseconds(50)))
        #expect(gate.expired() == .sendInfo)
        #expect(gate.start() == .wait(.seconds(2)))
        #expect(gate.received(Array("C".utf8)) == .goPlain)
        var early = machine(.handshakeFirst(fallback: .milliseconds(50)))
        _ = early.start()
        #expect(early.received([22]) == .expectHandshake)
        #expect(early.expired() == .keepWaiting)
        #expect(early.received(hello) == .secure)
    }

    @Test("handshakes beyond the rate are refused until the second is over")
    func rate() {
        let rate = ConnectionRate()
        let now = NIODeadline.now()
        #expect((0..<3).map { _ in rate.admits(limit: 2, now: now) } == [true, true, false])
        #expect(rate.admits(limit: 2, now: now + .seconds(2)))
        #expect(rate.admits(limit: 0, now: now))
        #expect(rate.takeRefused() == 1)
    }
}
