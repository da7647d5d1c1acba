import GoFormats

/// `nats context info` and `nats context validate`: show what contexts hold, and whether they can be used.
enum ContextShowCommand {
    static let name = Argument.optional("name", "Name of the context; the selected one if missing")
    static let json = Flag.toggle("json", short: "j", "Print a JSON document")
    static let connect = Flag.toggle("connect", "Try to connect too")

    static let spec = CommandSpec(
        name: "info",
        aliases: ["show", "v", "view"],
        help: "Show a context",
        arguments: [name.spec],
        flags: [json.spec, connect.spec],
        run: { invocation in
            let store = ContextStore(environment: invocation.environment)
            guard let shown = invocation[name] ?? store.selected else {
                throw CommandError("no default context and no name supplied")
            }
            try await show(shown, invocation, in: store)
        }
    )

    static let validateSpec = CommandSpec(
        name: "validate",
        help: "Check one context, or all of them",
        arguments: [name.spec],
        flags: [connect.spec],
        run: validate
    )

    /// Shows one context.
    ///
    /// - Returns: how many of its settings can't be used.
    @discardableResult
    static func show(_ name: String, _ invocation: Invocation, in store: ContextStore) async throws -> Int {
        let settings = try store.load(name)
        guard !invocation[json] else {
            invocation.console.print(settings.document(name: name))
            return 0
        }
        var problems = 0
        var report = Columns("NATS Configuration Context \(GoText.quoted(name))")
        for (label, value) in settings.shown(environment: invocation.environment, problems: &problems) {
            report.add(label, value)
        }
        report.add("Path", store.path(of: name))
        report.add("Color Scheme", settings.colorScheme)
        if invocation[connect] {
            do {
                try await invocation.tryConnecting(settings)
                report.add("Connection", "OK")
            } catch {
                problems += 1
                report.add("Connection", "\(error)")
            }
        }
        invocation.console.print(report.text)
        let overriding = overridingVariables.filter { invocation.environment[$0]?.isEmpty == false }
        if !overriding.isEmpty {
            invocation.console.print(
                "WARNING: Shell environment overrides in place using \(overriding.joined(separator: ", "))\n"
            )
        }
        return problems
    }

    /// The variables that go before what a context says.
    private static let overridingVariables = [
        "NATS_URL", "NATS_USER", "NATS_PASSWORD", "NATS_CREDS", "NATS_NKEY", "NATS_CERT", "NATS_KEY", "NATS_CA",
        "NATS_TIMEOUT", "NATS_SOCKS_PROXY", "NATS_COLOR",
    ]

    @Sendable
    private static func validate(_ invocation: Invocation) async throws {
        let store = ContextStore(environment: invocation.environment)
        var problems = 0
        for name in try invocation[name].map({ [$0] }) ?? store.names() {
            do {
                problems += try await show(name, invocation, in: store)
            } catch {
                problems += 1
                invocation.console.print("Could not load \(name): \(error)\n")
            }
            invocation.console.print()
        }
        guard problems == 0 else { throw CommandError("validation failed") }
    }
}

extension ContextSettings {
    /// The settings as `info` lists them; secrets are not shown.
    fileprivate func shown(
        environment: [String: String],
        problems: inout Int
    ) -> [(label: String, value: String)] {
        var rows: [(label: String, value: String)] = [
            ("Description", description), ("Server URLs", url), ("SOCKS5 Proxy", socksProxy), ("Username", user),
            ("Password", String(repeating: "*", count: password.utf8.count)), ("Token", token),
        ]
        let files: [(label: String, path: String)] = [
            ("Credentials", creds), ("User JWT", userJWT), ("User Seed", userSeed), ("NKey", nkey),
            ("Certificate", cert), ("Key", key), ("CA", ca),
        ]
        for (label, path) in files where !path.isEmpty {
            guard !path.hasPrefix("data:;base64,") else {
                rows.append((label, "embedded data"))
                continue
            }
            let state = Self.state(of: path, environment: environment)
            problems += state == "ERROR" ? 1 : 0
            rows.append((label, "\(path) (\(state))"))
        }
        return rows + [
            ("TLS First", tlsFirst ? "true" : ""), ("JS API Prefix", jetstreamAPIPrefix),
            ("JS Event Prefix", jetstreamEventPrefix), ("JS Domain", jetstreamDomain), ("Inbox Prefix", inboxPrefix),
        ]
    }

    private static func state(of path: String, environment: [String: String]) -> String {
        var path = path
        for (scheme, name) in [("op://", "1Password"), ("nsc://", "nsc"), ("env://", "runtime environment")]
        where path.hasPrefix(scheme) {
            return name
        }
        if path.hasPrefix("file://") {
            path = String(path.dropFirst(7))
        }
        if path.hasPrefix("~") {
            path = HomeDirectory.path(environment: environment) + path.dropFirst()
        }
        return FileSystem.isFile(path) ? "OK" : "ERROR"
    }
}
