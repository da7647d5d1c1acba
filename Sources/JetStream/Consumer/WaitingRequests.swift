import DequeModule

/// A client that waits for messages.
final class WaitingRequest {
    let reply: [UInt8]
    /// How many messages it still takes.
    var count: Int
    /// How many it got.
    var delivered = 0
    /// How many bytes it still takes; 0 for any number.
    var bytes: Int
    let isNoWait: Bool
    /// When it goes away, `.max` for never.
    let expires: Int64
    let heartbeat: Int64
    var heartbeatAt: Int64
    var group: PriorityRequest
    /// The turn in which somebody was there to receive; it is looked at once a turn.
    var seenInTurn: UInt64 = 0

    init(_ request: PullRequest, reply: [UInt8], now: Int64) {
        self.reply = reply
        count = request.batch
        bytes = request.maxBytes
        isNoWait = request.isNoWait
        // A time in the past is over at once.
        expires = request.expires == 0 ? .max : now + request.expires
        heartbeat = request.heartbeat
        heartbeatAt = request.heartbeat > 0 ? now + request.heartbeat : .max
        group = request.group
    }
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
    /// How many of them are done when there is nothing more for them.
    private(set) var impatient = 0

    var isEmpty: Bool { queue.isEmpty }
    var count: Int { queue.count }

    var first: WaitingRequest? { queue.first }

    mutating func add(_ request: WaitingRequest) {
        queue.append(request)
        if request.isNoWait { impatient += 1 }
    }

    /// Adds behind those of the same or a higher priority.
    mutating func addByPriority(_ request: WaitingRequest) {
        let index = queue.firstIndex { $0.group.priority > request.group.priority } ?? queue.endIndex
        queue.insert(request, at: index)
        if request.isNoWait { impatient += 1 }
    }

    mutating func removeFirst() {
        if queue.removeFirst().isNoWait { impatient -= 1 }
    }

    /// The first one gets its turn after all others.
    mutating func cycle() {
        if let first = queue.popFirst() { queue.append(first) }
    }

    /// Counts a delivery to the first one, which is done or takes its place behind the others then.
    mutating func serveFirst(byPriority: Bool) {
        let request = queue[0]
        request.delivered += 1
        request.count -= 1
        if request.count <= 0 {
            removeFirst()
        } else if queue.count > 1 {
            removeFirst()
            if byPriority { addByPriority(request) } else { add(request) }
        }
    }

    /// Looks at each one, and removes those for which `body` returns false.
    mutating func filter(_ body: (WaitingRequest) -> Bool) {
        queue.removeAll { !body($0) }
        impatient = queue.count { $0.isNoWait }
    }

    mutating func removeAll() {
        queue.removeAll()
        impatient = 0
    }
}

/// The one client of a group that gets all messages until it goes away.
struct PinnedClient {
    var id = ""
    var since = GoTime.zero
    /// When it counts as gone.
    var until = Int64.max
}
