import GoFormats
import JetStream
import NATSConfig

/// What configuration says about JetStream of the whole server, defaults filled in.
package struct JetStreamSetup: Sendable {
    /// Requests' and streams' own settings.
    var streams: JetStreamSettings
    /// Where everything is stored, with `jetstream` at its end.
    var storeDirectory: String
    /// Whether nobody said where to store, so that it is a directory for temporary files.
    var isTemporary: Bool
    /// Whether configuration says how much may be stored, in memory and on disk.
    var isBounded: Bool
    /// Whether it says how much on disk.
    var isStoreBounded: Bool
    var syncsAlways: Bool
    /// How often stores are synced where they are not with each write.
    var syncInterval: Duration
    var uniqueTag: String
    /// How much of one account may wait for its worker before publishers slow down.
    var maxBufferedMessages: Int
    var maxBufferedBytes: Int
    /// What configuration set of the limits for streams and consumers.
    var limits: JetStreamOptions.Limits

    static let defaultBufferedMessages = 10_000
    static let defaultBufferedBytes = 128 << 20
    /// How often nats-server syncs where it is not told.
    private static let defaultSyncInterval = Duration.seconds(120)

    /// - Returns: nil where JetStream is off.
    init?(_ options: ServerOptions) {
        let given = options.jetStream
        guard given.isEnabled else { return nil }
        isTemporary = given.storeDirectory.isEmpty
        let parent = isTemporary ? MachineLimits.temporaryDirectory + "/nats" : given.storeDirectory
        storeDirectory = Self.cleaned(parent + "/jetstream")
        isBounded = (given.maxMemory ?? 0) > 0 && (given.maxStore ?? 0) > 0
        syncsAlways = given.syncAlways
        syncInterval = given.syncInterval ?? Self.defaultSyncInterval
        uniqueTag = given.uniqueTag
        maxBufferedMessages =
            given.maxBufferedMessages > 0 ? given.maxBufferedMessages : Self.defaultBufferedMessages
        maxBufferedBytes = given.maxBufferedSize > 0 ? Int(given.maxBufferedSize) : Self.defaultBufferedBytes
        limits = given.limits
        streams = JetStreamSettings()
        streams.domain = given.domain
        streams.isStrict = given.strict
        let (memory, store) = (Self.bound(given.maxMemory), Self.bound(given.maxStore))
        isStoreBounded = store != nil
        streams.maxMemory = memory ?? MachineLimits.memory / 4 * 3
        streams.maxStore = store ?? MachineLimits.freeDisk(at: parent) / 4 * 3
        streams.maxDuplicateWindow = given.limits.duplicateWindow.map(GoDuration.nanoseconds(of:)) ?? 0
        streams.maxAckPending = given.limits.maxAckPending
        streams.maxRequestBatch = given.limits.maxRequestBatch
        if options.limits.maxPayload > 0 { streams.maxPayload = Int(options.limits.maxPayload) }
        streams.maxPending = Int(options.limits.maxPending)
    }

    /// What configuration says, where it is no less than nothing: what is less leaves the limit to the machine.
    private static func bound(_ size: Int64?) -> Int64? {
        size.flatMap { $0 < 0 ? nil : $0 }
    }

    /// A path without needless slashes and dots, as Go joins paths.
    private static func cleaned(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}

extension JetStream.AccountLimits {
    init(_ options: JetStreamAccountOptions) {
        self.init()
        maxMemory = options.maxMemory
        maxStore = options.maxStore
        maxStreams = options.maxStreams
        maxConsumers = options.maxConsumers
        maxAckPending = options.maxAckPending
        memoryMaxStreamBytes = options.memoryMaxStreamBytes
        storeMaxStreamBytes = options.storeMaxStreamBytes
        isMaxBytesRequired = options.maxBytesRequired
    }
}

extension BrokerSettings {
    /// What accounts may use of JetStream: those that ask for it, or the global account where there is no other one.
    static func jetStreamAccounts(
        _ options: ServerOptions,
        systemAccount: String
    ) -> [String: JetStream.AccountLimits] {
        var accounts: [String: JetStream.AccountLimits] = [:]
        for account in options.accounts {
            if let granted = account.jetStream { accounts[account.name] = JetStream.AccountLimits(granted) }
        }
        let global = AccountOptions.globalName
        let hasOthers = options.accounts.contains { $0.name != global && $0.name != systemAccount }
        if !hasOthers, accounts[global] == nil { accounts[global] = JetStream.AccountLimits() }
        return accounts
    }
}
