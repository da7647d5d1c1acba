/// What nats-server's configuration can ask for and the bundled broker does not have.
///
/// The list is data: taking an entry out of ``missing`` lets its section through, without any other change. Sections with
/// typed options are decoded and validated in any case, the others are only recognised.
package enum UnsupportedFeature: String, Sendable, Hashable, CaseIterable {
    case cluster
    case gateway
    case leafnodes
    case mqtt
    case operators = "operator mode"
    case resolver = "an account resolver"
    case trustedKeys = "trusted_keys"
    case ocsp
    case authCallout = "auth_callout"
    case proxies
    case proxyProtocol = "proxy_protocol"

    /// The features that are refused.
    package static let missing: Set<UnsupportedFeature> = [
        .cluster, .gateway, .leafnodes, .mqtt, .operators, .resolver, .trustedKeys, .ocsp, .authCallout, .proxies,
        .proxyProtocol,
    ]

    /// The top-level fields that are recognised by name alone, without options of their own.
    static let sections: [String: UnsupportedFeature] = [
        "cluster": .cluster,
        "gateway": .gateway,
        "leaf": .leafnodes, "leafnodes": .leafnodes,
        "mqtt": .mqtt,
        "operator": .operators, "operators": .operators, "roots": .operators, "root": .operators,
        "root_operator": .operators, "root_operators": .operators,
        "resolver": .resolver, "account_resolver": .resolver, "accounts_resolver": .resolver,
        "resolver_tls": .resolver, "resolver_preload": .resolver, "resolver_pinned_accounts": .resolver,
        "trusted": .trustedKeys, "trusted_keys": .trustedKeys,
        "ocsp": .ocsp, "ocsp_cache": .ocsp,
    ]

    /// What a user is told.
    package var message: String {
        "\(rawValue) is not supported by Launchpad's bundled broker: run this file with nats-server"
    }
}
