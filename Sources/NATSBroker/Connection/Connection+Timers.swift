import GoFormats
import NIOCore
import Synchronization

extension Connection {
    /// The first PING comes soon, to learn the round trip; it is spread so that many clients are not asked at once.
    var firstPingDelay: Duration {
        let interval = min(pingInterval, .seconds(2))
        let nanoseconds = TimeAmount(interval).nanoseconds
        return .nanoseconds(nanoseconds + Int64.random(in: 0...max(1, nanoseconds / 5)))
    }

    func startPingTimer(after delay: Duration) {
        pingTimer?.cancel()
        pingTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { self.pingTimerFired() }
    }

    private func pingTimerFired() {
        guard closeReason == nil else { return }
        log.debug("\(label) - Client Ping Timer")
        let quiet = NIODeadline.now() - lastInbound
        // What CONNECT took counts as a round trip, but not as one that was measured.
        let needsRoundTrip = roundTrip == nil || pingSentAt.map { NIODeadline.now() - $0 > .hours(1) } ?? true
        if quiet < TimeAmount(pingInterval) && !needsRoundTrip {
            log.debug(
                "\(label) - Delaying PING due to remote client data or ping \(quiet.nanoseconds / 1_000_000_000)s ago")
        } else {
            if pingsOut + 1 > settings.maxPingsOut {
                log.debug("\(label) - Stale Client Connection - Closing")
                broker.counters.staleConnections.wrappingAdd(1, ordering: .relaxed)
                // The log is not shown this one.
                enqueue("-ERR 'Stale Connection'\r\n".utf8)
                close(.staleConnection)
                return
            }
            sendPing()
        }
        startPingTimer(after: pingInterval)
    }

    private func sendPing() {
        pingSentAt = .now()
        pingsOut += 1
        log.trace("\(label) - ->> [PING]")
        enqueue("PING\r\n".utf8)
        wakeReceivers()
    }

    func startAuthTimer() {
        authTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(authTimeout)) {
            guard self.closeReason == nil else { return }
            self.sendError("Authentication Timeout")
            self.log.debug("\(self.label) - Authentication Timeout")
            self.close(.authenticationTimeout)
        }
    }

    /// Gives the socket its time to take what it was handed.
    func startWriteTimer() {
        writeTimer?.cancel()
        writeTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.writeDeadline)) {
            guard self.isWriteBlocked, self.closeReason == nil else { return }
            let waiting = self.outbox.withLock { outbox in
                outbox.isClosed = true
                return outbox.pending
            }
            self.cutOff(
                .slowConsumerWriteDeadline,
                "WriteDeadline of \(GoDuration.described(self.settings.writeDeadline)) exceeded with 1 chunks of \(waiting) total bytes."
            )
        }
    }

    func cancelTimers() {
        pingTimer?.cancel()
        authTimer?.cancel()
        writeTimer?.cancel()
        transport?.handshakeTimer?.cancel()
        pingTimer = nil
        authTimer = nil
        writeTimer = nil
    }
}
