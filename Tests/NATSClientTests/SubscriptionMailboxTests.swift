import NIOCore
import Testing

@testable import NATSClient

@Suite("A subscription's mailbox")
struct SubscriptionMailboxTests {
    private func message(_ text: String) -> NATSMessage {
        NATSMessage(subject: "s", payload: ByteBuffer(string: text))
    }

    @Test("hands out what waits before it shows its end")
    func order() async throws {
        let mailbox = SubscriptionMailbox(messageLimit: 10, byteLimit: 100)
        _ = mailbox.offer(message("1"))
        _ = mailbox.offer(message("2"))
        mailbox.finish(.connectionClosed)
        _ = mailbox.offer(message("too late"))
        #expect(try await mailbox.next()?.text == "1")
        #expect(try await mailbox.next()?.text == "2")
        await #expect(throws: NATSError.connectionClosed) { try await mailbox.next() }
    }

    @Test("drops what does not fit, tells of the first loss only, and again after the consumer caught up")
    func bounds() async throws {
        let mailbox = SubscriptionMailbox(messageLimit: 1, byteLimit: 100)
        var losses: [Bool] = []
        func offer(_ text: String) {
            if case .dropped(let isFirst) = mailbox.offer(message(text)) {
                losses.append(isFirst)
            }
        }
        offer("1")
        offer("2")
        offer("3")
        _ = try await mailbox.next()
        offer("4")
        offer("5")
        #expect(losses == [true, false, true])
        #expect(mailbox.dropped == 3)
    }

    @Test("counts payload bytes too")
    func bytes() {
        let mailbox = SubscriptionMailbox(messageLimit: 10, byteLimit: 3)
        guard case .accepted = mailbox.offer(message("123")), case .dropped = mailbox.offer(message("4")) else {
            Issue.record("the limit does not hold")
            return
        }
    }

    @Test("gives a waiting consumer the message at once")
    func waiting() async throws {
        let mailbox = SubscriptionMailbox(messageLimit: 10, byteLimit: 100)
        let next = Task { try await mailbox.next() }
        _ = mailbox.offer(message("x"))
        #expect(try await next.value?.text == "x")
    }

    @Test("lets a cancelled consumer go")
    func cancellation() async throws {
        let mailbox = SubscriptionMailbox(messageLimit: 10, byteLimit: 100)
        let next = Task { try await mailbox.next() }
        next.cancel()
        #expect(try await next.value == nil)
        _ = mailbox.offer(message("kept"))
        #expect(try await mailbox.next()?.text == "kept")
    }

    @Test("tells when it is finished and empty")
    func emptied() async throws {
        let mailbox = SubscriptionMailbox(messageLimit: 10, byteLimit: 100)
        _ = mailbox.offer(message("1"))
        mailbox.finish(nil)
        let emptied = Task { await mailbox.waitUntilEmpty() }
        #expect(try await mailbox.next()?.text == "1")
        await emptied.value
        #expect(try await mailbox.next() == nil)
    }
}
