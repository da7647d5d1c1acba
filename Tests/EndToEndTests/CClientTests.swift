import Foundation
import TestSupport
import Testing

/// Whether a C compiler finds the C client (`libnats-dev` on Debian and Ubuntu).
private let hasCClient: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["cc", "-fsyntax-only", "-include", "nats/nats.h", "-x", "c", "/dev/null"]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
}()

@Suite("The C client", .enabled(if: hasCClient, "no C compiler with libnats"))
struct CClientTests {
    /// A server that the same program must find the same.
    enum ServerKind: String, CaseIterable, CustomTestStringConvertible {
        case bundled = "the bundled broker"
        case real = "the real nats-server"

        static var present: [ServerKind] { NATSServerProcess.oracle == nil ? [.bundled] : allCases }
        var testDescription: String { rawValue }
        var command: [String] {
            switch self {
            case .bundled: [launchpadExecutable, "nats-server"]
            case .real: [NATSServerProcess.oracle ?? "nats-server"]
            }
        }
    }

    @Test(
        "publishes, subscribes, requests, shares work, sends headers and drains", arguments: ServerKind.present)
    func core(server kind: ServerKind) async throws {
        let server = try NATSServerProcess(kind.command)
        let result = try await run("nats://127.0.0.1:\(server.port)")
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        #expect(result.status == 0)
    }

    @Test("does the same as a user with permissions", arguments: ServerKind.present)
    func permissions(server kind: ServerKind) async throws {
        let server = try NATSServerProcess(
            kind.command,
            configuration: """
                accounts {
                  C {
                    users [
                      {
                        user: c, password: secret
                        permissions { publish: ["c.>", "_INBOX.>"], subscribe: ["c.>", "_INBOX.>"] }
                      }
                    ]
                  }
                }

                """)
        let result = try await run("nats://127.0.0.1:\(server.port)", "c", "secret")
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        let refused = try await run("nats://127.0.0.1:\(server.port)", "c", "wrong")
        #expect(refused.status == 1)
        #expect(refused.error.contains("Authentication Violation"), "\(refused.error)")
    }

    /// Compiles the program and runs it with `arguments`.
    private func run(_ arguments: String...) async throws -> CommandResult {
        let source = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/broker/core.c").path
        let directory = try TemporaryDirectory()
        let program = directory.path + "/core"
        let built = try await runCommand(["cc", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lnats"])
        try #require(built.status == 0, "\(built.error)")
        return try await runCommand([program] + arguments)
    }
}
