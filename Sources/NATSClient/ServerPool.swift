/// The servers a connection may go to: those the user named, and those that servers made known.
struct ServerPool: Sendable {
    private struct Entry: Sendable {
        var address: ServerAddress
        var isDiscovered: Bool
        var failures = 0
        var lastAuthorizationError: NATSError?
    }

    private var entries: [Entry]
    private var index = 0

    init(_ addresses: [ServerAddress]) {
        entries = addresses.map { Entry(address: $0, isDiscovered: false) }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The server in use, or being tried.
    var current: ServerAddress? {
        entries.indices.contains(index) ? entries[index].address : nil
    }

    var addresses: [ServerAddress] { entries.map(\.address) }

    /// Starts a round of attempts behind the server that was lost.
    mutating func startAfterCurrent() {
        index = entries.isEmpty ? 0 : (index + 1) % entries.count
    }

    /// Goes on to the next server.
    ///
    /// - Returns: whether the round is over, that is, every server was tried.
    mutating func advance(from first: ServerAddress?) -> Bool {
        guard !entries.isEmpty else { return true }
        index = (index + 1) % entries.count
        return first == nil || entries[index].address == first
    }

    /// Notes that the current server answered.
    mutating func noteSuccess() {
        guard entries.indices.contains(index) else { return }
        entries[index].failures = 0
        entries[index].lastAuthorizationError = nil
    }

    /// Notes that the current server could not be reached or turned the connection down, and drops it from the pool once
    /// it has failed too often.
    ///
    /// - Returns: whether the server gave the same authorization error before: trying on is of no use.
    mutating func noteFailure(_ error: NATSError, maximum: Int?) -> Bool {
        guard entries.indices.contains(index) else { return false }
        entries[index].failures += 1
        var isRepeated = false
        if error.code == .authorization || error.code == .authenticationExpired {
            isRepeated = entries[index].lastAuthorizationError == error
            entries[index].lastAuthorizationError = error
        }
        if let maximum, entries[index].failures > maximum {
            entries.remove(at: index)
            index = entries.isEmpty ? 0 : (index + entries.count - 1) % entries.count
        }
        return isRepeated
    }

    /// Takes over the servers that an `INFO` lists. Discovered servers that are listed no more are forgotten, except the
    /// current one.
    ///
    /// - Returns: the addresses that are new.
    mutating func merge(_ listed: [String], like server: ServerAddress?) -> [ServerAddress] {
        guard !listed.isEmpty else { return [] }
        let inUse = current
        entries.removeAll { entry in
            entry.isDiscovered && entry.address != inUse && !listed.contains(entry.address.hostAndPort)
        }
        var added: [ServerAddress] = []
        for text in listed where !entries.contains(where: { $0.address.hostAndPort == text }) {
            guard var address = try? ServerAddress(parsing: text) else { continue }
            address.usesTLS = server?.usesTLS ?? false
            address.usesWebSocket = server?.usesWebSocket ?? false
            entries.append(Entry(address: address, isDiscovered: true))
            added.append(address)
        }
        if let inUse, let position = entries.firstIndex(where: { $0.address == inUse }) {
            index = position
        }
        return added
    }
}
