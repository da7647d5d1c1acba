/// The flags that every command takes.
enum GlobalFlags {
    static let server = Flag.text(
        "server", short: "s", "Servers to connect to, with commas between them", placeholder: "URL",
        environment: "NATS_URL")
    static let user = Flag.text(
        "user", "User to connect as, or a token if there is no password", placeholder: "USER",
        environment: "NATS_USER")
    static let password = Flag.text(
        "password", "Password of the user", placeholder: "PASSWORD", environment: "NATS_PASSWORD")
    static let token = Flag.text("token", "Token to connect with", placeholder: "TOKEN", environment: "NATS_TOKEN")
    static let connectionName = Flag.text(
        "connection-name", "Name of the connection in the server's monitoring",
        default: "NATS CLI Version \(NATSMain.version)", placeholder: "NAME")
    static let creds = Flag.text(
        "creds", "Credentials file of the user", placeholder: "LOCATION", environment: "NATS_CREDS")
    static let nkey = Flag.text(
        "nkey", "File with the NKey seed of the user", placeholder: "LOCATION", environment: "NATS_NKEY")
    static let jwt = Flag.text("jwt", "JWT of the user", placeholder: "LOCATION", environment: "NATS_JWT")
    static let seed = Flag.text("seed", "Seed of the user", placeholder: "LOCATION", environment: "NATS_SEED")
    static let tlsCertificate = Flag.text(
        "tlscert", "TLS certificate of the client", placeholder: "FILE", environment: "NATS_CERT",
        kind: .existingFile)
    static let tlsKey = Flag.text(
        "tlskey", "TLS private key of the client", placeholder: "FILE", environment: "NATS_KEY", kind: .existingFile)
    static let tlsAuthority = Flag.text(
        "tlsca", "TLS certificate authorities to trust", placeholder: "FILE", environment: "NATS_CA",
        kind: .existingFile)
    static let tlsFirst = Flag.toggle(
        "tlsfirst", "Begin with the TLS handshake, before the server's greeting", isNegatable: true)
    static let tlsFirstAlias = Flag.toggle("tls-first", "Same as --tlsfirst", isNegatable: true, isHidden: true)
    static let timeout = Flag.duration(
        "timeout", "How long to wait for answers", default: "5s", environment: "NATS_TIMEOUT")
    static let socksProxy = Flag.text(
        "socks-proxy", "SOCKS5 proxy to connect through", placeholder: "PROXY", environment: "NATS_SOCKS_PROXY")
    static let apiPrefix = Flag.text(
        "js-api-prefix", "Subject prefix of the JetStream API", placeholder: "PREFIX")
    static let eventPrefix = Flag.text(
        "js-event-prefix", "Subject prefix of JetStream advisories", placeholder: "PREFIX")
    static let domain = Flag.text("js-domain", "JetStream domain to use", placeholder: "DOMAIN")
    static let domainAlias = Flag.text("domain", "Same as --js-domain", placeholder: "DOMAIN", isHidden: true)
    static let inboxPrefix = Flag.text(
        "inbox-prefix", "What the subjects for answers begin with", placeholder: "PREFIX")
    static let colors = Flag.text(
        "colors", "Colors of tables and prompts", placeholder: "SCHEME", environment: "NATS_COLOR",
        kind: .choice(["blue", "cyan", "double", "green", "magenta", "red", "rounded", "yellow"]))
    static let context = Flag.text(
        "context", "Context with the settings to use, by name or as a .json file", placeholder: "NAME",
        environment: "NATS_CONTEXT")
    static let trace = Flag.toggle("trace", "Show what goes on behind the scenes")
    static let noContext = Flag.toggle("no-context", "Leave the selected context aside")
    static let help = Flag.toggle("help", short: "h", "Show help for the command at hand")
    static let version = Flag.toggle("version", "Show the version")

    /// All of them, in the order in which help lists them.
    static let all: [FlagSpec] = [
        help.spec, version.spec, server.spec, user.spec, password.spec, token.spec, connectionName.spec, creds.spec,
        nkey.spec, jwt.spec, seed.spec, tlsCertificate.spec, tlsKey.spec, tlsAuthority.spec, tlsFirst.spec,
        tlsFirstAlias.spec, timeout.spec, socksProxy.spec, apiPrefix.spec, eventPrefix.spec, domain.spec,
        domainAlias.spec, inboxPrefix.spec, colors.spec, context.spec, trace.spec, noContext.spec,
    ]
}
