import Synchronization

/// A generator of short unique identifiers: 22 characters of `0-9A-Za-z`, a random prefix of 12 and a running number of 10.
///
/// The shape is the one every NATS client uses for inboxes and message identifiers, so that captured values such as
/// `_INBOX.…` look alike whichever tool printed them.
package struct NUID: Sendable {
    /// The length of every identifier, in characters.
    package static let length = 22

    private static let prefixLength = 12
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let sequenceLimit: UInt64 = 839_299_365_868_340_224
    private static let shared = Mutex(NUID())

    private var prefix: [UInt8]
    private var sequence: UInt64
    private var increment: UInt64

    package init() {
        prefix = []
        sequence = 0
        increment = 0
        restart()
    }

    /// The next identifier of the generator that the whole process shares.
    package static func next() -> String {
        shared.withLock { $0.next() }
    }

    /// The next identifier of this generator.
    package mutating func next() -> String {
        sequence += increment
        if sequence >= Self.sequenceLimit {
            restart()
        }
        var text = prefix + [UInt8](repeating: 0, count: Self.length - Self.prefixLength)
        var rest = sequence
        for place in (Self.prefixLength..<Self.length).reversed() {
            text[place] = Self.alphabet[Int(rest % 62)]
            rest /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func restart() {
        prefix = (0..<Self.prefixLength).map { _ in Self.alphabet[Int.random(in: 0..<62)] }
        sequence = UInt64.random(in: 0..<Self.sequenceLimit)
        increment = UInt64.random(in: 33...333)
    }
}
