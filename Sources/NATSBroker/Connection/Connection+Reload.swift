import GoFormats
import NATSAccounts
import NATSWire
import NIOCore
import Synchronization

extension Connection {
    /// Takes over reloaded settings, as nats-server does: a client whose user is gone or belongs to another account is
    /// disconnected without a word and may come back; one that would not be let in any more is told so; one whose permissions
    /// changed loses the subscriptions that they do not allow. To be called on the event loop.
    func adopt(_ settings: BrokerSettings) {
        guard closeReason == nil else { return }
        self.settings = settings
        let former = authenticator.rule
        authenticator = settings.authenticator(for: transport)
        outbox.withLock { outbox in
            outbox.acceptance = settings.log.trace ? [.accepted, .isTraced] : .accepted
            outbox.dropsWhenNearlyFull = settings.noFastProducerStall
        }
        scanner.maxControlLine = settings.maxControlLine
        applyBounds()
        guard hasConnected else { return }
        if hasMoved(since: former) {
            close(.clientClosed)
            return
        }
        let before = permissions
        authenticate { isAuthorized in
            defer { self.wakeReceivers() }
            guard isAuthorized else {
                self.refuseCredentials(isReading: false)
                return
            }
            guard self.fitsAccount() else { return }
            self.endAtSubscriptionLimit()
            if self.permissions != before { self.applyChangedPermissions() }
            for subscription in Array(self.subscriptions.values) {
                self.removeShadows(of: subscription)
                self.addShadows(of: subscription)
            }
        }
    }

    /// Whether the client named a user that is there no more, or that belongs to another account now.
    private func hasMoved(since former: Authenticator.Rule) -> Bool {
        guard !options.user.isEmpty || !options.nkey.isEmpty else { return false }
        guard case .users(let users, let nkeys) = authenticator.rule else {
            // One of several users may be the only one now, who is in the account of those who have none.
            guard case .users = former, case .single(options.user, _) = authenticator.rule else { return true }
            return account !== broker.globalAccount
        }
        let home = options.nkey.isEmpty ? users[options.user]?.account : nkeys[options.nkey]?.account
        return home != account.name
    }

    /// Whether the client may stay in its account, or turns it away where a reload has left room for fewer.
    private func fitsAccount() -> Bool {
        guard isInAccount else { return joinAccount() }
        guard account.hasTooMany else { return true }
        sendError("maximum account active connections exceeded")
        log.error(
            "\(label) - maximum account active connections exceeded - Account:\(account.name) - user:\(options.user)")
        close(.maxAccountConnectionsExceeded)
        let who = whoItIs.isEmpty ? "" : " - \(whoItIs)"
        log.error("\(label) - authentication error\(who)")
        return false
    }

    private func applyChangedPermissions() {
        for subscription in subscriptions.values.sorted(by: { $0.sid.lexicographicallyPrecedes($1.sid) }) {
            if let permissions, !permissions.canSubscribe(to: subscription.subject, queue: subscription.queue) {
                outbox.withLock { _ in subscription.isClosed = true }
                subscriptions[subscription.sid] = nil
                subscription.account.remove(subscription)
                removeShadows(of: subscription)
                report(removed: subscription)
            } else {
                let denying = permissions.flatMap { permissions in
                    permissions.needsDeliveryCheck(subscription.subject, queue: subscription.queue) ? permissions : nil
                }
                subscription.deny(by: denying)
            }
        }
        account.interestChanged()
    }

    private func report(removed subscription: Subscription) {
        let subject = GoText.quoted(subscription.subject)
        let sid = GoText.quoted(subscription.sid)
        let group = subscription.queue.map { " using queue \(GoText.quoted($0))" } ?? ""
        sendError("Permissions Violation for Subscription to \(subject)\(group) (sid \(sid))")
        log.info("Removed sub \(subject)\(group) (sid \(sid)) for \(whoItIs) - not authorized")
    }

    /// The client as the log's messages about its rights name it.
    var whoItIs: String {
        if !options.nkey.isEmpty { return "Nkey \(GoText.quoted(options.nkey))" }
        if !options.user.isEmpty { return "User \(GoText.quoted(options.user))" }
        return options.token.isEmpty ? "" : "Token \"[REDACTED]\""
    }
}
