/// What keeps a message in a stream.
package enum RetentionPolicy: String, Sendable, Hashable, RequestChoice {
    /// Limits alone.
    case limits
    /// Consumers that have not acknowledged it yet.
    case interest
    /// The one consumer that takes it.
    case workqueue
    init?(word: String) { self.init(rawValue: word) }
}

/// What goes when a stream is full.
package enum DiscardPolicy: String, Sendable, Hashable, RequestChoice {
    case old
    case new
    init?(word: String) { self.init(rawValue: word.lowercased()) }
}

package enum StorageType: String, Sendable, Hashable, RequestChoice {
    case file
    case memory
    init?(word: String) { self.init(rawValue: word) }
}

package enum Compression: String, Sendable, Hashable, RequestChoice {
    case none
    case s2
    init?(word: String) { self.init(rawValue: word) }
    static func problem(_ json: String) -> String { "unknown compression algorithm" }
}

package enum PersistMode: String, Sendable, Hashable, RequestChoice {
    case standard = "default"
    case async
    init?(word: String) { self.init(rawValue: word.isEmpty ? "default" : word) }
}

/// Where a consumer begins.
package enum DeliverPolicy: String, Sendable, Hashable, RequestChoice {
    case all
    case last
    case new
    case byStartSequence = "by_start_sequence"
    case byStartTime = "by_start_time"
    case lastPerSubject = "last_per_subject"
    init?(word: String) { self.init(rawValue: word == "undefined" ? "all" : word) }
}

/// What a consumer has to say about a message.
package enum AckPolicy: String, Sendable, Hashable, RequestChoice {
    case none
    /// An acknowledgement is one of all before it, too.
    case all
    case explicit
    /// Answers to flow control acknowledge; between streams.
    case flowControl = "flow_control"
    init?(word: String) { self.init(rawValue: word) }
}

package enum ReplayPolicy: String, Sendable, Hashable, RequestChoice {
    case instant
    /// With the pauses between messages that were there when they were stored.
    case original
    init?(word: String) { self.init(rawValue: word) }
}

/// Which of several clients that pull gets the next message.
package enum PriorityPolicy: String, Sendable, Hashable, RequestChoice {
    case none
    /// Only while so much is waiting or unacknowledged.
    case overflow
    /// One alone, until it goes away.
    case pinnedClient = "pinned_client"
    /// The one with the lowest number.
    case prioritized
    init?(word: String) { self.init(rawValue: word) }
    static func problem(_ json: String) -> String { "unknown priority policy: \(json)" }
}
