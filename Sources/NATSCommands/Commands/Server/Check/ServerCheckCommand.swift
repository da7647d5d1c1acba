import NATSClient

/// `nats server check`: health checks for monitoring systems. The exit status tells: 0 good, 1 warning, 2 critical.
enum ServerCheckCommand {
    static let format = Flag.text(
        "format", "How to print the result (nagios, json, prometheus, text)", default: "nagios",
        kind: .choice(["nagios", "json", "prometheus", "text"]))
    static let namespace = Flag.text(
        "namespace", "What names of numbers for Prometheus begin with", default: "nats_server_check")
    static let outputFile = Flag.text("outfile", "Write the result to a file")

    static let spec = CommandSpec(
        name: "check",
        help: "Health check for NATS servers",
        flags: [format.spec, namespace.spec, outputFile.spec],
        subcommands: [
            ConnectionCheck.spec, StreamCheck.spec, ConsumerCheck.spec, MessageCheck.spec, MetaCheck.spec,
            RequestCheck.spec, JetStreamCheck.spec, HostCheck.spec, BucketCheck.spec, CredentialCheck.spec,
        ]
    )

    static let warnings = """
        Several thresholds can be given at once, and warnings should go with critical ones. A critical threshold below that \
        for warnings turns the comparison round: too little is bad then.
        """

    /// Runs a check, prints its result and ends with its status.
    static func run(
        _ invocation: Invocation,
        name: String,
        suite: String,
        _ body: (inout CheckResult) async throws -> Void
    ) async throws {
        var result = CheckResult(name: name, suite: suite)
        do {
            try await body(&result)
        } catch {
            result.critical("Check failed: \(error)")
        }
        let text = result.text(format: invocation[format], namespace: invocation[namespace])
        if let path = invocation[outputFile] {
            try FileSystem.replace(path, with: Array((text + "\n").utf8))
        } else {
            invocation.console.print(text)
        }
        // Prometheus reads the status among the numbers.
        let code = invocation[format] == "prometheus" ? 0 : result.status.code
        guard code == 0 else { throw ExitStatus(code: code) }
    }

    /// Runs a check over a connection. That none comes about is critical.
    ///
    /// - Parameter failure: what the result says then.
    static func run(
        _ invocation: Invocation,
        name: String,
        suite: String,
        failure: String = "could not load info",
        _ body: (inout CheckResult, NATSConnection) async throws -> Void
    ) async throws {
        try await run(invocation, name: name, suite: suite) { result in
            let connection: NATSConnection
            do {
                connection = try await invocation.connect()
            } catch {
                result.critical("\(failure): \(error)")
                return
            }
            defer { connection.close() }
            try await body(&result, connection)
        }
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

extension Double {
    /// A number as Go prints it: without decimals where it has none.
    var short: String { self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self) }
}
