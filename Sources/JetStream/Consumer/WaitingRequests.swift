import DequeModule

/// A client that waits for messages.
struct WaitingRequest {
    var reply: [UInt8]
    /// How many messages it still takes.
    var count: Int
    /// How many it got.
    var delivered = 0
    /// How many bytes it still takes; 0 for any number.
    var bytes: Int
    var isNoWait: Bool
    /// When it goes away, `.max` for never.
    var expires: Int64
    var heartbeat: Int64
    var heartbeatAt: Int64
    var group: PriorityRequest
    /// The turn in which somebody was there to receive; it is looked at once a turn.
    var seenInTurn: UInt64 = 0
}

/// What a pull says about its place among others.
struct PriorityRequest: Equatable {
    var group = ""
    var minPending: Int64 = 0
    var minAckPending: Int64 = 0
    var id = ""
    var priority = 0
    /// Whether the pull came as a document, which may say such things.
    var isGiven = false
}

/// The clients that wait, in the order in which they are served.
struct WaitingRequests {
    private(set) var queue: Deque<WaitingRequest> = []

    var isEmpty: Bool { queue.isEmpty }
    var count: Int { queue.count }

    var first: WaitingRequest? {
        get { queue.first }
        set { if let newValue { queue[0] = newValue } }
    }

    mutating func add(_ request: WaitingRequest) { queue.append(request) }

    /// Adds behind those of the same or a higher priority.
    mutating func addByPriority(_ request: WaitingRequest) {
        let index = queue.firstIndex { $0.group.priority > request.group.priority } ?? queue.endIndex
        queue.insert(request, at: index)
    }

    mutating func removeFirst() { queue.removeFirst() }

    /// The first one gets its turn after all others.
    mutating func cycle() {
        if let first = queue.popFirst() { queue.append(first) }
    }

    /// Counts a delivery to the first one, which is done or takes its place behind the others then.
    ///
    /// - Returns: the request as it is after the delivery.
    mutating func serveFirst(byPriority: Bool) -> WaitingRequest {
        queue[0].delivered += 1
        queue[0].count -= 1
        let request = queue[0]
        if request.count <= 0 {
            queue.removeFirst()
        } else if queue.count > 1 {
            queue.removeFirst()
            if byPriority { addByPriority(request) } else { queue.append(request) }
        }
        return request
    }

    /// Looks at each one, which may change it or have it removed by returning false.
    mutating func filter(_ body: (inout WaitingRequest) -> Bool) {
        var kept: Deque<WaitingRequest> = []
        kept.reserveCapacity(queue.count)
        for var request in queue where body(&request) { kept.append(request) }
        queue = kept
    }

    /// Gives the one that waits under `reply`, and changed since it was served, another heartbeat.
    mutating func setHeartbeat(of reply: [UInt8], at time: Int64) {
        if let index = queue.lastIndex(where: { $0.reply == reply }) { queue[index].heartbeatAt = time }
    }

    mutating func removeAll() { queue.removeAll() }
}

/// The one client of a group that gets all messages until it goes away.
struct PinnedClient {
    var id = ""
    var since = GoTime.zero
    /// When it counts as gone.
    var until = Int64.max
}
