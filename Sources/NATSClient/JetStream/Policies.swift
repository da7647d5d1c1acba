#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where messages are kept.
public enum StorageType: String, Sendable, Hashable, JSONField {
    /// On disk: they survive a restart of the server.
    case file
    /// In memory.
    case memory
}

/// When a stream gives messages up.
public enum RetentionPolicy: String, Sendable, Hashable, JSONField {
    /// When one of the stream's limits is reached.
    case limits
    /// When all consumers have acknowledged them, and at the limits.
    case interest
    /// When one consumer has acknowledged them, and at the limits.
    case workQueue = "workqueue"
}

/// What a full stream does with a new message.
public enum DiscardPolicy: String, Sendable, Hashable, JSONField {
    /// It gives up its oldest message.
    case old
    /// It refuses the new one.
    case new
}

/// How a stream's files are compressed.
public enum Compression: String, Sendable, Hashable, JSONField {
    /// They are not.
    case none
    /// With S2, a fast relative of Snappy.
    case s2
}

/// The message that a new consumer begins with.
public enum DeliverPolicy: Sendable, Hashable {
    /// The first one of the stream.
    case all
    /// The last one.
    case last
    /// The last one of each subject.
    case lastPerSubject
    /// The first one that comes after the consumer was made.
    case new
    /// The one with the sequence, or the next one that there is.
    case startSequence(Int)
    /// The first one that was stored at the time or later.
    case startTime(Date)
}

/// What acknowledgements a consumer wants.
public enum AckPolicy: String, Sendable, Hashable, JSONField {
    /// One for each message.
    case explicit
    /// None: what is delivered is done with.
    case none
    /// One for a message and all those before it.
    case all
}

/// How fast stored messages are delivered.
public enum ReplayPolicy: String, Sendable, Hashable, JSONField {
    /// As fast as they are taken.
    case instant
    /// At the pace at which they were stored.
    case original
}

/// How a pull consumer shares its messages among groups of clients.
public enum PriorityPolicy: String, Sendable, Hashable, JSONField {
    /// All alike.
    case none
    /// A client gets some only when enough wait: it helps out.
    case overflow
    /// One client gets them all until it goes.
    case pinnedClient = "pinned_client"
    /// Clients of a more urgent priority come first.
    case prioritized
}
