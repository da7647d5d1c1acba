import Foundation
import TestSupport
import Testing

/// Whether `python3` has nats-py.
private let hasNATSPy: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["python3", "-c", "import nats"]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
}()

private func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/broker/\(name)").path
}

@Suite("The bundled broker, as a process")
struct BrokerTests {
    @Test(
        "serves nats-py: publish, subscribe, request, headers, queue groups",
        .enabled(if: hasNATSPy, "no python3 with nats-py"))
    func natsPyCore() async throws {
        let broker = try BrokerProcess()
        let result = try await runCommand(["python3", fixture("core.py"), "nats://127.0.0.1:\(broker.clientPort)"])
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        #expect(result.status == 0)
    }

    @Test(
        "keeps tenants apart for nats-py, by passwords and permissions",
        .enabled(if: hasNATSPy, "no python3 with nats-py"))
    func natsPyTenants() async throws {
        let config = try String(contentsOfFile: fixture("tenants.conf"), encoding: .utf8)
        let broker = try BrokerProcess(config: config)
        let result = try await runCommand(["python3", fixture("tenants.py"), "nats://127.0.0.1:\(broker.clientPort)"])
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        #expect(broker.waitForLog("authentication error - User \"a\""))
        #expect(broker.waitForLog("Publish Violation - Subject \"TENANT_B.orders\""))
        #expect(broker.waitForLog("Subscription Violation - Subject \"TENANT_B.>\", SID "))
    }

    @Test(
        "ties accounts together for nats-py: nkeys, bcrypt, service and stream imports, mappings",
        .enabled(if: hasNATSPy, "no python3 with nats-py"))
    func natsPyAccounts() async throws {
        let config = try String(contentsOfFile: fixture("accounts.conf"), encoding: .utf8)
        let broker = try BrokerProcess(config: config)
        let result = try await runCommand(["python3", fixture("accounts.py"), "nats://127.0.0.1:\(broker.clientPort)"])
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        #expect(result.status == 0)
    }

    @Test("says what it is and where it listens, and stops in order", arguments: [SIGINT, SIGTERM])
    func startAndStop(signal: Int32) throws {
        let broker = try BrokerProcess()
        #expect(broker.waitForLog("[INF] Server is ready"))
        #expect(try broker.directory.read("pid") == "\(broker.process.processIdentifier)")
        kill(broker.process.processIdentifier, signal)
        broker.process.waitUntilExit()
        #expect(broker.process.terminationStatus == 0)
        let log = broker.log
        for text in [
            "[INF] Starting nats-server", "[INF]   Version:  2.15.1", "Launchpad",
            "[INF] Listening for client connections on 127.0.0.1:\(broker.clientPort)",
            "[INF] Trapped \"\(signal == SIGINT ? "interrupt" : "terminated")\" signal", "[INF] Initiating Shutdown...",
            "[INF] Server Exiting..",
        ] {
            #expect(log.contains(text), "\(text)")
        }
        #expect(!broker.directory.exists("nats-server_\(broker.process.processIdentifier).ports"))
    }

    @Test("reloads users on SIGHUP, opens its log anew on SIGUSR1, leaves as a lame duck on SIGUSR2")
    func signals() async throws {
        let broker = try BrokerProcess(config: "authorization { user: a, password: a }\n")
        try broker.directory.write("server.conf", "authorization { user: a, password: b }\n")
        kill(broker.process.processIdentifier, SIGHUP)
        #expect(broker.waitForLog("Reloaded server configuration"))
        try FileManager.default.moveItem(
            atPath: broker.directory.path + "/log", toPath: broker.directory.path + "/log.1")
        kill(broker.process.processIdentifier, SIGUSR1)
        #expect(broker.waitForLog("File log re-opened"))
        kill(broker.process.processIdentifier, SIGUSR2)
        #expect(broker.waitForLog("Entering lame duck mode, stop accepting new clients"))
        broker.process.waitUntilExit()
        #expect(broker.process.terminationStatus == 0)
    }

    @Test("prints its version and its usage")
    func versionAndUsage() async throws {
        let version = try await runCommand([launchpadExecutable, "nats-server", "-v"])
        #expect(version.output == "nats-server: v2.15.1\n")
        #expect(version.status == 0)
        let usage = try await runCommand([launchpadExecutable, "nats-server", "--bogus"])
        #expect(usage.error == "flag provided but not defined: -bogus\n")
        #expect(usage.output.contains("Usage: nats-server [options]"))
        #expect(usage.status == 0)
    }

    @Test(
        "refuses a configuration with nats-server's words and status 1",
        arguments: [
            ("port: 4222\nfoo: 1\n", "unknown field \"foo\""),
            ("cluster { port: 6222 }\n", "cluster is not supported by Launchpad's bundled broker"),
            (
                "authorization { auth_callout { issuer: A, auth_users: [a] } }\n",
                "auth_callout is not supported by Launchpad"
            ),
            (
                "accounts { A { exports: [{service: x}], imports: [{service: {account: B, subject: y}, to: x}] }, "
                    + "B { exports: [{service: y}], imports: [{service: {account: A, subject: x}, to: y}] } }\n",
                "import forms a cycle"
            ),
        ]
    )
    func refusals(config: String, message: String) async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("bad.conf", config)
        let result = try await runCommand([
            launchpadExecutable, "nats-server", "-c", file, "-a", "127.0.0.1", "-p", "-1",
        ])
        #expect(result.error.hasPrefix("nats-server: "))
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.status == 1)
    }

    @Test("refuses JetStream on the system account when it starts, as nats-server does, in its log")
    func systemAccountJetStream() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            "bad.conf",
            "jetstream: enabled\nsystem_account: S\naccounts { S { jetstream: enabled, users: [{user: s, password: s}] } }\n"
        )
        let result = try await runCommand([
            launchpadExecutable, "nats-server", "-c", file, "-a", "127.0.0.1", "-p", "-1",
        ])
        #expect(result.error.contains("[INF] Starting nats-server"))
        #expect(result.error.hasSuffix("[FTL] Not allowed to enable JetStream on the system account\n"))
        #expect(result.status == 1)
    }

    @Test("a port that is taken is fatal, in nats-server's words")
    func portTaken() async throws {
        let broker = try BrokerProcess()
        let port = "\(broker.clientPort)"
        let result = try await runCommand([launchpadExecutable, "nats-server", "-a", "127.0.0.1", "-p", port])
        #expect(
            result.error.contains(
                "[FTL] Error listening on port: 127.0.0.1:\(port), "
                    + "\"listen tcp 127.0.0.1:\(port): bind: address already in use\""))
        #expect(result.status == 1)
    }
}
