/// The settings that a context holds, in the order and under the names of natscli's files.
struct ContextSettings: Sendable, Hashable {
    var description = ""
    var url = ""
    var socksProxy = ""
    var token = ""
    var user = ""
    var password = ""
    var creds = ""
    var nkey = ""
    var cert = ""
    var key = ""
    var ca = ""
    var nsc = ""
    var jetstreamDomain = ""
    var jetstreamAPIPrefix = ""
    var jetstreamEventPrefix = ""
    var inboxPrefix = ""
    var userJWT = ""
    var userSeed = ""
    var colorScheme = ""
    var tlsFirst = false
    var windowsCertStore = ""
    var windowsCertMatchBy = ""
    var windowsCertMatch = ""
    var windowsCACertsMatch: [String]?

    /// The server to use where nothing names one.
    static let defaultURL = "nats://127.0.0.1:4222"

    /// The settings that are texts, with their names, in the order of the file; the others come between and behind.
    static let texts: [(name: String, path: any WritableKeyPath<ContextSettings, String> & Sendable)] = [
        ("description", \.description), ("url", \.url), ("socks_proxy", \.socksProxy), ("token", \.token),
        ("user", \.user), ("password", \.password), ("creds", \.creds), ("nkey", \.nkey), ("cert", \.cert),
        ("key", \.key), ("ca", \.ca), ("nsc", \.nsc), ("jetstream_domain", \.jetstreamDomain),
        ("jetstream_api_prefix", \.jetstreamAPIPrefix), ("jetstream_event_prefix", \.jetstreamEventPrefix),
        ("inbox_prefix", \.inboxPrefix), ("user_jwt", \.userJWT), ("user_seed", \.userSeed),
        ("color_scheme", \.colorScheme), ("windows_cert_store", \.windowsCertStore),
        ("windows_cert_match_by", \.windowsCertMatchBy), ("windows_cert_match", \.windowsCertMatch),
    ]

    /// Takes over what `other` sets.
    mutating func override(with other: ContextSettings) {
        for (_, path) in Self.texts where !other[keyPath: path].isEmpty {
            self[keyPath: path] = other[keyPath: path]
        }
        tlsFirst = tlsFirst || other.tlsFirst
        windowsCACertsMatch = other.windowsCACertsMatch ?? windowsCACertsMatch
        if ["none", "NONE", "-"].contains(socksProxy) {
            socksProxy = ""
        }
    }

    /// What the flags and variables of a command line set.
    init(flagsOf invocation: Invocation) {
        url = invocation[GlobalFlags.server] ?? ""
        socksProxy = invocation[GlobalFlags.socksProxy] ?? ""
        token = invocation[GlobalFlags.token] ?? ""
        creds = invocation[GlobalFlags.creds] ?? ""
        nkey = invocation[GlobalFlags.nkey] ?? ""
        cert = invocation[GlobalFlags.tlsCertificate] ?? ""
        key = invocation[GlobalFlags.tlsKey] ?? ""
        ca = invocation[GlobalFlags.tlsAuthority] ?? ""
        jetstreamDomain = invocation[GlobalFlags.domain] ?? invocation[GlobalFlags.domainAlias] ?? ""
        jetstreamAPIPrefix = invocation[GlobalFlags.apiPrefix] ?? ""
        jetstreamEventPrefix = invocation[GlobalFlags.eventPrefix] ?? ""
        inboxPrefix = invocation[GlobalFlags.inboxPrefix] ?? ""
        userJWT = invocation[GlobalFlags.jwt] ?? ""
        userSeed = invocation[GlobalFlags.seed] ?? ""
        colorScheme = invocation[GlobalFlags.colors] ?? ""
        tlsFirst = invocation[GlobalFlags.tlsFirst] || invocation[GlobalFlags.tlsFirstAlias]
        // A user without a password is a token.
        let name = invocation[GlobalFlags.user] ?? ""
        let secret = invocation[GlobalFlags.password] ?? ""
        if !name.isEmpty, secret.isEmpty {
            token = name
        } else {
            user = name
            password = secret
        }
    }

    init() {}
}
