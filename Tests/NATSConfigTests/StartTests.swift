import Testing

@testable import NATSConfig

/// The options of a configuration given as text.
func options(_ text: String, missing: Set<UnsupportedFeature> = []) throws(ConfigRefusal) -> ServerOptions {
    let source = ConfigSource.files(["x.conf": Array(text.utf8)])
    return try ServerOptions.load("x.conf", from: source, missing: missing).options
}

/// The refusal that `body` ends with.
func refusal(_ body: () throws(ConfigRefusal) -> Void) -> ConfigRefusal? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

@Suite("Checks when a server starts")
struct StartTests {
    /// What nats-server 2.15.1 prints when it is started with a file that `-t` takes.
    static let refused: [(text: String, message: String)] = [
        ("no_auth_user: bob", #"no_auth_user: "bob" present, but users/nkeys are not defined"#),
        (
            "no_auth_user: bob\nauthorization {users: [{user: a, password: b}]}",
            #"no_auth_user: "bob" not present as user or nkey in authorization block or account configuration"#
        ),
        ("max_payload: 10mb\nmax_pending: 1mb", "max_payload (10485760) cannot be higher than max_pending (1048576)"),
        (
            "lame_duck_duration: 30s\nlame_duck_grace_period: 40s",
            "lame duck grace period (40s) should be strictly lower than lame duck duration (30s)"
        ),
        ("system_account: NOPE\naccounts {A {}}", "error resolving system account: account missing"),
        (#"system_account: "$SYS""#, "error resolving system account: account missing"),
        ("websocket {port: -1}", "websocket requires TLS configuration"),
        ("websocket {port: -1, no_tls: true, headers {Host: a}}", #"websocket: invalid header "Host" not allowed"#),
        (
            "default_js_domain {A: b}",
            #"in non operator mode, `default_js_domain` references non existing account "A""#
        ),
        (#"jetstream {domain: "a.b"}"#, "invalid domain name: may not contain ., * or >"),
        (
            #"jetstream {domain: "a b"}"#,
            #"invalid domain name: derived "$JS.a b.API.>" is not a valid subject"#
        ),
    ]

    @Test("an account cannot stand before the first token of an export", arguments: [-1, -100, Int(Int32.min)])
    func tokenBeforeTheFirst(position: Int) {
        let refusal = refusal { () throws(ConfigRefusal) in
            _ = try options("accounts { A { exports: [{ service: foo, account_token_position: \(position) }] } }")
        }
        #expect(refusal?.description.contains(#"Error adding service export "foo""#) == true)
    }

    @Test("what nats-server refuses before it starts is refused in its words", arguments: refused)
    func refusedBeforeStart(text: String, message: String) throws {
        let options = try options(text)
        let refusal = refusal { () throws(ConfigRefusal) in try options.checkForStart() }
        #expect(refusal?.stage == .start)
        #expect(refusal?.description == message)
    }

    @Test(
        "JetStream on the system account is fatal, in nats-server's words",
        arguments: [
            "system_account: SYS\naccounts { SYS { jetstream: enabled } }\njetstream {}",
            "accounts { $SYS { jetstream: true } }\njetstream: enabled",
            "no_sys_acc: true\nsystem_account: SYS\naccounts { SYS { jetstream {} } }\njetstream: true",
        ]
    )
    func jetStreamOnSystemAccount(text: String) throws {
        let options = try options(text, missing: UnsupportedFeature.missing)
        let refusal = refusal { () throws(ConfigRefusal) in try options.checkForStart() }
        #expect(refusal?.stage == .fatal)
        #expect(refusal?.description == "Not allowed to enable JetStream on the system account")
    }

    @Test("JetStream on the system account is no matter while the server has none")
    func jetStreamOff() throws {
        try options("system_account: SYS\naccounts { SYS { jetstream: enabled } }").checkForStart()
    }

    @Test("monitoring on two ports at once, or on HTTPS without a certificate, is fatal")
    func monitoringPorts() throws {
        let both = try options("http_port: 1\nhttps_port: 2")
        #expect(
            refusal { () throws(ConfigRefusal) in try both.checkForStart() }?.description
                == "Can't start monitoring: can't specify both HTTP (1) and HTTPs (2) ports"
        )
        let secure = try options("https_port: 2")
        #expect(
            refusal { () throws(ConfigRefusal) in try secure.checkForStart() }?.description
                == "Can't start monitoring: TLS cert and key required for HTTPS"
        )
    }

    @Test(
        "what only nats-server can do is refused with its place and what to do",
        arguments: [
            ("port: 4222\ncluster { port: 6222 }", "cluster"), ("port: 4222\ngateway { name: a }", "gateway"),
            ("port: 4222\nleafnodes { port: 7422 }", "leafnodes"), ("port: 4222\nmqtt { port: 1883 }", "mqtt"),
            ("port: 4222\noperator: x", "operator mode"), ("port: 4222\nresolver: MEM", "an account resolver"),
        ]
    )
    func unsupported(text: String, name: String) throws {
        let options = try options(text, missing: UnsupportedFeature.missing)
        let refusal = refusal { () throws(ConfigRefusal) in try options.checkSupport() }
        #expect(refusal?.stage == .unsupported)
        #expect(
            refusal?.description
                == "x.conf:2:1: \(name) is not supported by Launchpad's bundled broker: "
                + "run this file with nats-server\n"
        )
    }

    @Test("accounts that only a resolver knows are no mistake: what is missing here is the resolver")
    func resolver() throws {
        let missing = UnsupportedFeature.missing
        let text = "operator: a.jwt\nsystem_account: ADWJVSUS\nresolver: URL(http://localhost/)"
        let known = try options(text, missing: missing)
        try known.checkForStart()
        let refusal = refusal { () throws(ConfigRefusal) in try known.checkSupport() }
        #expect(refusal?.problems.count == 2)
        let alone = try options("system_account: ADWJVSUS", missing: missing)
        #expect(throws: ConfigRefusal.self) { try alone.checkForStart() }
    }

    @Test("a feature that is missing no more is let through")
    func supported() throws {
        let missing = UnsupportedFeature.missing.subtracting([.mqtt])
        try options("mqtt { port: 1883 }", missing: missing).checkSupport()
    }

    @Test("JetStream is nothing to refuse, on or off", arguments: ["enabled", "disabled"])
    func jetStream(state: String) throws {
        try options(
            "jetstream: \(state)\naccounts { A { jetstream: \(state) } }", missing: UnsupportedFeature.missing
        ).checkSupport()
    }
}
