/// How much may be on its way to a push consumer before it says that it keeps up.
struct FlowControl {
    private static let limit = 32 * 1_048_576
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    var isOn = false
    /// Starts small and doubles with each answer.
    private var window = FlowControl.limit / 16
    private(set) var pending = 0
    /// The reply subject of the question that is not answered yet, empty for none.
    private(set) var question: [UInt8] = []
    private var covered = 0

    var isStalled: Bool { isOn && pending > window }

    /// - Returns: whether it is time to ask.
    mutating func sent(_ size: Int) -> Bool {
        guard isOn else { return false }
        pending += size
        if question.isEmpty { return pending > window / 2 }
        if pending - covered >= window { covered += size }
        return false
    }

    mutating func ask(stream: String, consumer: String) -> [UInt8] {
        var random = UInt64.random(in: 0...UInt64(Int64.max))
        question = Array("$JS.FC.\(stream).\(consumer).".utf8)
        for _ in 0..<4 {
            question.append(Self.alphabet[Int(random % 62)])
            random /= 62
        }
        covered = pending
        return question
    }

    /// - Returns: false for an answer to another question.
    mutating func answered(_ subject: UnsafeRawBufferPointer) -> Bool {
        guard !question.isEmpty, subject.elementsEqual(question) else { return false }
        window = min(window * 2, Self.limit)
        pending = max(0, pending - covered)
        question = []
        covered = 0
        return true
    }
}

/// When the next message may go out: at the speed of its publishers, and no faster than a limit.
struct Pace {
    /// Up to this sequence, pauses between messages are kept; 0 for none.
    var replayThrough: UInt64 = 0
    /// Bytes a second, 0 for any number.
    var rate: Double = 0
    /// How many bytes may go out at once.
    var burst: Double = 0
    private var tokens: Double = 0
    private var filledAt: Int64 = 0
    private var lastTimestamp: Int64 = 0
    private var lastSent: Int64 = 0
    /// When it goes on, `.max` where nothing holds it.
    private(set) var waitUntil = Int64.max

    var isFree: Bool { replayThrough == 0 && rate == 0 }

    /// - Returns: whether a message may go out now.
    mutating func admits(sequence: UInt64, timestamp: Int64, size: Int, now: Int64) -> Bool {
        waitUntil = .max
        if replayThrough > 0 {
            if sequence > replayThrough {
                replayThrough = 0
            } else if lastTimestamp > 0, timestamp - lastTimestamp > 1_000_000 {
                let due = lastSent + (timestamp - lastTimestamp)
                if due > now {
                    waitUntil = due
                    return false
                }
            }
        }
        if rate > 0 {
            if filledAt == 0 { tokens = burst } else { tokens += Double(now - filledAt) / 1e9 * rate }
            tokens = min(tokens, burst)
            filledAt = now
            if tokens < min(Double(size), burst) {
                waitUntil = now + Int64((min(Double(size), burst) - tokens) / rate * 1e9) + 1
                return false
            }
            tokens -= Double(size)
        }
        return true
    }

    /// The time that it waited for has come.
    mutating func wake(now: Int64) {
        if waitUntil <= now { waitUntil = .max }
    }

    mutating func sent(timestamp: Int64, now: Int64) {
        lastTimestamp = timestamp
        lastSent = now
    }
}
