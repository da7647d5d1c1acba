import NATSAccounts

/// What changes about a broker while it runs, all of it behind one lock.
extension Broker {
    struct Registry {
        var settings: BrokerSettings
        var accounts: [String: Account]
        var connections: [UInt64: Connection] = [:]
        var lastID: UInt64 = 0
        var clientPort = 0
        var httpPort: Int?
        var webSocketPort: Int?
        var listeners: [Listener] = []
        var isLameDuck = false
        /// What connections that have gone leave to their accounts' totals.
        var gone: [String: GoneConnections] = [:]
        /// How many are connected, by account.
        var connectionCounts: [String: Int] = [:]
        /// When the settings were read.
        var configured = WallClock.now()
        var closed: ClosedConnections
        /// How often each monitoring document was asked for.
        var requests: [String: Int] = [:]

        /// Makes the accounts that the settings name and that are not there, and ties all of them together.
        ///
        /// - Returns: those that the settings do not name any more, which are forgotten.
        @discardableResult
        mutating func changeAccounts() -> [Account] {
            let names = (settings.hasSystemAccount ? [settings.systemAccount] : []) + settings.accounts
            for name in names where accounts[name] == nil {
                accounts[name] = Account(name: name)
            }
            let known = Set(names + [Authenticator.globalAccount])
            let removed = accounts.values.filter { !known.contains($0.name) }.sorted { $0.name < $1.name }
            for account in removed {
                account.configure(AccountLinks())
                accounts[account.name] = nil
            }
            let links = AccountLinks.all(in: settings, accounts)
            for (name, account) in accounts { account.configure(links[name] ?? AccountLinks()) }
            return removed
        }
    }

    /// Messages and bytes, in and out.
    struct Traffic: Sendable {
        var inMessages = 0
        var inBytes = 0
        var outMessages = 0
        var outBytes = 0

        static func += (one: inout Traffic, other: Traffic) {
            one.inMessages += other.inMessages
            one.inBytes += other.inBytes
            one.outMessages += other.outMessages
            one.outBytes += other.outBytes
        }
    }

    /// What is left of an account's connections that have gone.
    struct GoneConnections: Sendable {
        var traffic = Traffic()
        var slowConsumers = 0
    }
}
