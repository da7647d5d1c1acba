import GoFormats
import NATSWire

/// What a client says when it pulls.
struct PullRequest {
    var expires: Int64 = 0
    var batch = 1
    var maxBytes = 0
    var isNoWait = false
    var heartbeat: Int64 = 0
    var group = PriorityRequest()

    /// - Parameter body: a document, a number, or nothing; anything else counts as nothing.
    init(_ body: UnsafeRawBufferPointer) throws(RequestProblem) {
        var text = body[...]
        while let first = text.first, first == 0x20 || (0x09...0x0D).contains(first) { text.removeFirst() }
        while let last = text.last, last == 0x20 || (0x09...0x0D).contains(last) { text.removeLast() }
        guard let first = text.first else { return }
        guard first == UInt8(ascii: "{") else {
            if let count = Int(String(decoding: text, as: UTF8.self)) { batch = count }
            return
        }
        batch = 0
        group.isGiven = true
        var request = self
        try RequestDecoder.decode(Array(text), as: "", isStrict: false) {
            decoder, name, value throws(RequestProblem) in
            switch name {
            case "expires": decoder.duration(&request.expires, value)
            case "batch": decoder.integer(&request.batch, value, type: "int")
            case "max_bytes": decoder.integer(&request.maxBytes, value, type: "int")
            case "no_wait": decoder.bool(&request.isNoWait, value)
            case "idle_heartbeat": decoder.duration(&request.heartbeat, value)
            case "group": decoder.string(&request.group.group, value)
            case "min_pending": decoder.integer(&request.group.minPending, value, type: "int64")
            case "min_ack_pending": decoder.integer(&request.group.minAckPending, value, type: "int64")
            case "id": decoder.string(&request.group.id, value)
            case "priority": decoder.integer(&request.group.priority, value, type: "int")
            default: return false
            }
            return true
        }
        self = request
        if heartbeat > 0 && heartbeat * 2 > expires { throw RequestProblem(message: "heartbeat value too large") }
    }
}

/// Clients that pull.
extension Consumer {
    /// Takes a request for messages. The bytes are lent for the time of the call.
    func pull(reply: [UInt8], body: UnsafeRawBufferPointer) {
        guard !isClosed, !reply.isEmpty else { return }
        guard configuration.isPull else { return status(reply, "409 Consumer is push based") }
        let request: PullRequest
        do throws(RequestProblem) {
            request = try PullRequest(body)
        } catch {
            return status(reply, "400 Bad Request - \(error.message)")
        }
        let now = now
        if let problem = problem(with: request) { return status(reply, problem) }
        if waiting.count >= configuration.maxWaiting { sweepWaiting(atEnd: false) }
        if request.isNoWait {
            let pending = numPending + redeliveries.count
            if pending == 0 && request.expires == 0 {
                lastRequest = now
                return status(reply, "404 No Messages")
            }
            if pending > 0 {
                sweepWaiting(atEnd: false)
                if pending < waiting.queue.reduce(0, { $0 + $1.count }) {
                    lastRequest = now
                    return status(reply, "408 Requests Pending")
                }
            }
        }
        guard waiting.count < configuration.maxWaiting else {
            // A client that expects heartbeats finds out itself; answering would make it ask again at once.
            if request.heartbeat == 0 { status(reply, "409 Exceeded MaxWaiting") }
            return
        }
        let entry = WaitingRequest(request, reply: reply, now: now)
        if configuration.priorityPolicy == .prioritized {
            waiting.addByPriority(entry)
        } else {
            waiting.add(entry)
        }
        lastRequest = now
        markReady()
    }

    private func problem(with request: PullRequest) -> String? {
        if configuration.maxRequestBatch > 0 && request.batch > configuration.maxRequestBatch {
            return "409 Exceeded MaxRequestBatch of \(configuration.maxRequestBatch)"
        }
        if configuration.maxRequestExpires > 0 && request.expires > configuration.maxRequestExpires {
            return
                "409 Exceeded MaxRequestExpires of \(GoDuration.described(.nanoseconds(configuration.maxRequestExpires)))"
        }
        if configuration.maxRequestBytes > 0 && request.maxBytes > configuration.maxRequestBytes {
            return "409 Exceeded MaxRequestMaxBytes of \(configuration.maxRequestBytes)"
        }
        let group = request.group
        guard group.isGiven else { return nil }
        if group.minPending != 0 || group.minAckPending != 0, configuration.priorityPolicy != .overflow {
            return "400 Bad Request - Not a Overflow Priority consumer"
        }
        if !group.id.isEmpty && configuration.priorityPolicy != .pinnedClient {
            return "400 Bad Request - Not a Pinned Client Priority consumer"
        }
        if !(0...9).contains(group.priority) { return "400 Bad Request - Priority must be between 0 and 9" }
        guard configuration.priorityPolicy != .none else { return nil }
        if group.group.isEmpty { return "400 Bad Request - Priority Group missing" }
        if !configuration.priorityGroups.contains(group.group) { return "400 Bad Request - Invalid Priority Group" }
        if !pin.id.isEmpty {
            if group.id == pin.id {
                pin.until = now + configuration.pinnedTTL
            } else if !group.id.isEmpty {
                return "423 Nats-Pin-Id mismatch"
            }
        }
        return nil
    }

    /// Who gets a message of this size. Those who can't are told so, or wait on.
    ///
    /// - Parameter pending: how many messages wait with this one.
    func nextWaiting(size: Int, pending: Int, now: Int64) -> WaitingRequest? {
        let needsPin = pin.id.isEmpty && configuration.priorityPolicy == .pinnedClient
        var cycled = 0
        while let request = waiting.first {
            if request.expires <= now {
                waiting.removeFirst()
                tell(request, "408 Request Timeout")
                continue
            }
            var pinned = false
            if needsPin && pin.id.isEmpty {
                guard request.group.id.isEmpty else {
                    waiting.removeFirst()
                    tell(request, "423 Nats-Wrong-Pin-Id")
                    continue
                }
                assignPin(to: request, now: now)
                pinned = true
            } else if !pin.id.isEmpty && !pinned && request.group.id != pin.id {
                guard request.group.id.isEmpty else {
                    waiting.removeFirst()
                    tell(request, "423 Nats-Wrong-Pin-Id")
                    continue
                }
                waiting.cycle()
                cycled += 1
                if cycled >= waiting.count { return nil }
                continue
            }
            if configuration.priorityPolicy == .overflow && !isOverflowing(for: request.group, pending: pending) {
                waiting.cycle()
                cycled += 1
                if cycled >= waiting.count { return nil }
                continue
            }
            if request.bytes > 0 {
                guard size <= request.bytes else {
                    waiting.removeFirst()
                    tell(request, "409 Message Size Exceeds MaxBytes")
                    if pinned { unpin() }
                    continue
                }
                request.bytes -= size
                if request.bytes == 0 { request.count = 1 }
            }
            guard request.seenInTurn == account.turn || host.hasInterest(in: request.reply) else {
                waiting.removeFirst()
                continue
            }
            request.seenInTurn = account.turn
            waiting.serveFirst(byPriority: configuration.priorityPolicy == .prioritized)
            return request
        }
        return nil
    }

    private func isOverflowing(for group: PriorityRequest, pending: Int) -> Bool {
        if group.minPending <= 0 && group.minAckPending <= 0 { return true }
        return (group.minPending > 0 && group.minPending <= Int64(pending))
            || (group.minAckPending > 0 && group.minAckPending <= Int64(pendingCount))
    }

    private func tell(_ request: WaitingRequest, _ what: String) {
        status(
            request.reply,
            "\(what)\r\nNats-Pending-Messages: \(request.count)\r\nNats-Pending-Bytes: \(request.bytes)")
    }

    /// Ends what waited long enough or in vain, and sends heartbeats.
    ///
    /// - Parameter atEnd: whether there is nothing more to deliver now.
    func sweepWaiting(atEnd: Bool) {
        let now = now
        waiting.filter { request in
            if request.expires <= now {
                tell(request, "408 Request Timeout")
                return false
            }
            if atEnd && request.isNoWait && (request.expires == .max || request.delivered > 0) {
                status(request.reply, "404 No Messages")
                return false
            }
            guard request.seenInTurn == account.turn || host.hasInterest(in: request.reply) else { return false }
            request.seenInTurn = account.turn
            if request.heartbeatAt <= now {
                sendHeartbeat(to: request.reply)
                request.heartbeatAt = now + request.heartbeat
            }
            return true
        }
    }

    // MARK: Pinned clients

    private func assignPin(to request: WaitingRequest, now: Int64) {
        guard !request.group.group.isEmpty else { return }
        pin.id = NUID.next()
        pin.since = GoTime(nanoseconds: now)
        pin.until = now + configuration.pinnedTTL
        request.group.id = pin.id
        account.advise(
            "CONSUMER.PINNED.\(stream.name).\(name)", type: "consumer_group_pinned",
            pinMembers(request.group.group) + [.init("pinned_id", .string(pin.id))])
    }

    func unpin() { pin = PinnedClient() }

    /// - Parameter reason: `admin` or `timeout`.
    func unpin(reason: String) {
        unpin()
        account.advise(
            "CONSUMER.UNPINNED.\(stream.name).\(name)", type: "consumer_group_unpinned",
            pinMembers(configuration.priorityGroups.first ?? "") + [.init("reason", .string(reason))])
        markReady()
    }

    private func pinMembers(_ group: String) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        members.addText("account", account.name)
        members.append(.init("stream", .string(stream.name)))
        members.append(.init("consumer", .string(name)))
        members.addText("domain", account.settings.domain)
        members.append(.init("group", .string(group)))
        return members
    }
}
