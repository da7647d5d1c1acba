import NATSAccounts
import NATSSubjects
import NATSWire

/// Where messages on a subject go, as it is found out once for each subject and change of interest.
extension Connection {
    func findRoute(_ subject: UnsafeRawBufferPointer, _ generation: UInt64) -> Route {
        if routes.generation != generation {
            lastRoute = nil
            routes.move(to: generation)
        }
        let hash = ByteHash.hash(subject)
        if let route = routes.route(for: subject, hash: hash) {
            return route.alternatives.isEmpty ? route : choose(route)
        }
        let route = makeRoute(subject, hash)
        lastRoute = nil
        if route.isSteady || !route.alternatives.isEmpty { routes.add(route) }
        return route.alternatives.isEmpty ? route : choose(route)
    }

    /// The route of one message, where they go different ways.
    private func choose(_ route: Route) -> Route {
        if let chosen = SubjectMappings.choose(route.alternatives) { return chosen }
        return makeRoute(route.subject, route.hash, to: [], isSteady: false)
    }

    private func makeRoute(_ subject: UnsafeRawBufferPointer, _ hash: UInt64) -> Route {
        switch account.outcome(for: subject) {
        case .unchanged: return makeRoute(subject, hash, to: nil)
        case .always(let target): return makeRoute(subject, hash, to: target)
        case .once(let target): return makeRoute(subject, hash, to: target, isSteady: false)
        case .weighted(let targets):
            let routes = targets.map { (limit: $0.limit, makeRoute(subject, hash, to: $0.subject, isSteady: false)) }
            return Route(subject: subject, hash: hash, mayPublish: false, alternatives: routes, isSteady: false)
        }
    }

    private func makeRoute(
        _ subject: UnsafeRawBufferPointer,
        _ hash: UInt64,
        to target: [UInt8]?,
        isSteady: Bool = true
    ) -> Route {
        guard let target else { return makeRoute(subject, hash, target, subject, isSteady) }
        return target.withUnsafeBytes { makeRoute(subject, hash, target, $0, isSteady) }
    }

    /// - Parameter seen: the subject under which the message goes on.
    private func makeRoute(
        _ subject: UnsafeRawBufferPointer,
        _ hash: UInt64,
        _ target: [UInt8]?,
        _ seen: UnsafeRawBufferPointer,
        _ isSteady: Bool
    ) -> Route {
        var match = account.match(seen)
        let extras = match.takeExtras(seen, account.responses)
        // An answer is expected once, and no generation tells when it is not expected any more.
        let isAnswer = seen.starts(with: ResponseRegistry.prefix)
        return Route(
            subject: subject, target: target, hash: hash, mayPublish: mayPublish(to: seen), plain: match.plain,
            groups: match.groups, extras: extras, isSteady: isSteady && !isAnswer)
    }

    func mayPublish(to subject: UnsafeRawBufferPointer) -> Bool {
        if Self.hasGatewayPrefix(subject) { return false }
        if subject.begins(with: "$NRG.") && account.name != settings.systemAccount { return false }
        return permissions?.canPublish(to: subject) ?? true
    }
}
