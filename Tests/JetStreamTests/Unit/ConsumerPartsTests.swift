import Testing

@testable import JetStream

@Suite("Parts of consumers")
struct ConsumerPartsTests {
    @Test("Deadlines come up in order, whatever the order they were set in")
    func ackTimers() {
        var timers = AckTimers()
        for deadline in [5, 3, 9, 1, 7, 1] as [Int64] { timers.add(UInt64(deadline), deadline: deadline) }
        var order: [Int64] = []
        while let first = timers.first {
            order.append(first.deadline)
            timers.removeFirst()
        }
        #expect(order == [1, 1, 3, 5, 7, 9])
    }

    @Test("A redelivery is queued once, and one that was taken back comes at its new place")
    func redeliveries() {
        var queue = RedeliveryQueue()
        for sequence in [1, 2, 1, 3] as [UInt64] { queue.add(sequence) }
        queue.remove(1)
        queue.add(1)
        var taken: [UInt64] = []
        while let sequence = queue.takeFirst() { taken.append(sequence) }
        #expect(taken == [2, 3, 1])
        #expect(queue.isEmpty)
    }

    @Test("Flow control asks when half of its window is used, stalls beyond it, and grows with each answer")
    func flowControl() {
        var flow = FlowControl()
        flow.isOn = true
        let mebibyte = 1_048_576
        let asksAtHalf = [flow.sent(mebibyte), flow.sent(1)]
        #expect(asksAtHalf == [false, true])
        let question = flow.ask(stream: "S", consumer: "c")
        let asksTwice = flow.sent(mebibyte)
        #expect(!asksTwice)
        #expect(flow.isStalled)
        let answers = [Array("$JS.FC.S.c.other".utf8), question].map { subject in
            subject.withUnsafeBytes { flow.answered($0) }
        }
        #expect(answers == [false, true])
        #expect(!flow.isStalled)
        #expect(flow.pending == mebibyte)
    }

    @Test("A rate limit lets a burst through and the rest at its pace")
    func rate() {
        var pace = Pace()
        pace.rate = 1_000
        pace.burst = 500
        let now: Int64 = 1_000_000_000
        let admitted = [500, 250].map { pace.admits(sequence: 1, timestamp: 0, size: $0, now: now) }
        #expect(admitted == [true, false])
        let due = pace.waitUntil
        #expect(abs(due - 1_250_000_000) < 10)
        let isAdmittedLater = pace.admits(sequence: 2, timestamp: 0, size: 250, now: due)
        #expect(isAdmittedLater)
    }

    @Test("Deadlines come up in order, in whatever order they were set")
    func deadlines() {
        var timers = AckTimers()
        let deadlines: [Int64] = [10, 20, 20, 5, 30, 1, 25, 30, 2]
        for (index, deadline) in deadlines.enumerated() { timers.add(UInt64(index), deadline: deadline) }
        #expect(timers.count == deadlines.count)
        var found: [Int64] = []
        while let first = timers.first {
            found.append(first.deadline)
            timers.removeFirst()
        }
        #expect(found == deadlines.sorted())
    }

    @Test("Numbers of an acknowledgement are read, and nothing is made of others")
    func numbers() {
        let read = { (text: String) in Array(text.utf8).withUnsafeBytes { AcknowledgementNumbers($0) } }
        #expect(read("2.30.4.1700000000000000000.5")?.stream == 30)
        #expect(read("2.30.4.1700000000000000000.5")?.consumer == 4)
        #expect(read("2.30.4.5") == nil)
        #expect(read("x.30.y.1.5")?.stream == 30)
        #expect(read("2.0.4.1.5") == nil)
    }

    @Test("Pulls of higher priority come first, those of one priority in order")
    func priorities() throws {
        var waiting = WaitingRequests()
        for (name, priority) in [("a", 2), ("b", 1), ("c", 2), ("d", 0)] {
            var request = try Array("1".utf8).withUnsafeBytes { body in try PullRequest(body) }
            request.group.priority = priority
            waiting.addByPriority(WaitingRequest(request, reply: Array(name.utf8), now: 0))
        }
        #expect(waiting.queue.map { String(decoding: $0.reply, as: UTF8.self) } == ["d", "b", "a", "c"])
    }
}
