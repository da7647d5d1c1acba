import NATSSubjects

/// One entry of a permission list: a subject pattern and, for subscriptions, the queue group that it speaks of.
package struct PermissionEntry: Sendable, Hashable {
    package var subject: [UInt8]
    /// Nil where the entry speaks of every subscription. May hold wildcards: `v1.*`.
    package var queue: [UInt8]?

    package init(subject: [UInt8], queue: [UInt8]? = nil) {
        self.subject = subject
        self.queue = queue
    }

    /// Reads `subject` or `subject queue`.
    ///
    /// - Returns: nil when either is not a valid pattern, or when there is more than that.
    package init?(_ text: String) {
        let fields = text.utf8.split(whereSeparator: { $0 == 0x20 || (0x09...0x0D).contains($0) })
        guard (1...2).contains(fields.count), fields.allSatisfy({ Subject.isValidPattern($0) }) else { return nil }
        subject = Array(fields[0])
        queue = fields.count == 2 ? Array(fields[1]) : nil
    }
}

/// How many replies, and for how long, a client may send to a reply subject that it was given.
/// Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization#allow-responses-map.
package struct ResponsePermission: Sendable, Hashable {
    /// Nil for any number.
    package var maxMessages: Int?
    /// Nil for ever.
    package var expires: Duration?

    package init(maxMessages: Int? = 1, expires: Duration? = .seconds(120)) {
        self.maxMessages = maxMessages
        self.expires = expires
    }
}

/// What a client may publish and subscribe to. A nil `allow` list allows everything that `deny` does not name.
package struct Permissions: Sendable, Hashable {
    package var publishAllow: [PermissionEntry]?
    package var publishDeny: [PermissionEntry]
    package var subscribeAllow: [PermissionEntry]?
    package var subscribeDeny: [PermissionEntry]
    package var responses: ResponsePermission?

    package init(
        publishAllow: [PermissionEntry]? = nil,
        publishDeny: [PermissionEntry] = [],
        subscribeAllow: [PermissionEntry]? = nil,
        subscribeDeny: [PermissionEntry] = [],
        responses: ResponsePermission? = nil
    ) {
        // Whoever may answer, and is told nothing else about publishing, may do nothing but answer.
        self.publishAllow = publishAllow ?? (responses == nil ? nil : [])
        self.publishDeny = publishDeny
        // An empty list of subjects to subscribe to forbids nothing; nats-server has it so.
        self.subscribeAllow = subscribeAllow?.isEmpty == true ? nil : subscribeAllow
        self.subscribeDeny = subscribeDeny
        self.responses = responses
    }

    /// True when publishing is restricted at all.
    package var restrictsPublishing: Bool {
        publishAllow != nil || !publishDeny.isEmpty
    }

    /// Whether the lists allow publishing to `subject`; what `responses` adds is for whoever keeps the replies.
    package func canPublish(to subject: some Collection<UInt8>) -> Bool {
        if let publishAllow, !publishAllow.contains(where: { Subject.isMatched(subject, by: $0.subject) }) {
            return false
        }
        return !publishDeny.contains { Subject.isMatched(subject, by: $0.subject) }
    }

    /// Whether subscribing to `subject`, which may hold wildcards, as a member of `queue` or alone, is allowed.
    ///
    /// As in nats-server, the subject is looked up like that of a message: leave to subscribe to `a.*` is leave for `a.>` too.
    package func canSubscribe(to subject: [UInt8], queue: [UInt8]?) -> Bool {
        var allowed = true
        if let subscribeAllow {
            let covering = subscribeAllow.filter { Subject.isMatched(subject, by: $0.subject) }
            allowed = covering.contains { $0.queue == nil }
            let queues = covering.compactMap(\.queue)
            if let queue, !queues.isEmpty { allowed = Self.names(queues, queue) }
        }
        guard allowed else { return false }
        return !denies(subject, queue: queue)
    }

    /// Whether a message on `subject` must be kept from a subscription that is wider than its owner's permissions.
    package func denies(_ subject: [UInt8], queue: [UInt8]?) -> Bool {
        let covering = subscribeDeny.filter { Subject.isMatched(subject, by: $0.subject) }
        if covering.contains(where: { $0.queue == nil }) { return true }
        let queues = covering.compactMap(\.queue)
        guard let queue, !queues.isEmpty else { return false }
        return Self.names(queues, queue)
    }

    /// Whether messages for a subscription must be checked with ``denies(_:queue:)``, because a denied subject lies within it.
    package func needsDeliveryCheck(_ subject: [UInt8], queue: [UInt8]?) -> Bool {
        guard queue != nil || Subject.hasWildcard(subject) else { return false }
        return subscribeDeny.contains { Subject.collide($0.subject, subject) }
    }

    private static func names(_ queues: [[UInt8]], _ queue: [UInt8]) -> Bool {
        queues.contains { $0 == queue || (Subject.hasWildcard($0) && Subject.isCovered(queue, by: $0)) }
    }
}
