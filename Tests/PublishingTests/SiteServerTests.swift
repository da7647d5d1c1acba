import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Publishing

@Suite("The preview server")
struct SiteServerTests {
    private func page(_ text: String) -> SiteFile {
        SiteFile(path: "index.html", contents: Array("<head></head>\(text)".utf8))
    }

    @Test("pages are served over HTTP with their type, tag and status")
    func serves() async throws {
        let server = SiteServer()
        let port = try await server.start(host: "127.0.0.1", port: 0)
        server.show([page("hello")], problems: "")
        let found = try await HTTPExchange.request(port: port, "/")
        #expect(found.head.hasPrefix("HTTP/1.1 200 OK"))
        #expect(found.head.contains("text/html; charset=utf-8"))
        #expect(found.body.hasSuffix("hello"))
        let tag = try #require(found.head.firstMatch(of: /(?i)etag: (.*)/)?.output.1)
        let again = try await HTTPExchange.request(port: port, "/", headers: ["If-None-Match: \(tag)"])
        #expect(again.head.hasPrefix("HTTP/1.1 304"))
        #expect(again.body.isEmpty)
        #expect(try await HTTPExchange.request(port: port, "/none").head.hasPrefix("HTTP/1.1 404"))
        #expect(try await HTTPExchange.request(port: port, "/../../etc/passwd").head.hasPrefix("HTTP/1.1 404"))
        let posted = try await HTTPExchange.request(port: port, "/", method: "POST")
        #expect(posted.head.hasPrefix("HTTP/1.1 405"))
        let head = try await HTTPExchange.request(port: port, "/", method: "HEAD")
        #expect(head.head.hasPrefix("HTTP/1.1 200") && head.body.isEmpty)
        await server.stop()
    }

    @Test("a port that is taken is named, with the way out")
    func portTaken() async throws {
        let first = SiteServer()
        let port = try await first.start(host: "127.0.0.1", port: 0)
        let failure = await #expect(throws: SiteServer.Failure.self) {
            _ = try await SiteServer().start(host: "127.0.0.1", port: port)
        }
        #expect(
            failure.map { "\($0)" }
                == "port \(port) on 127.0.0.1 is taken by another program; choose another one with --port")
        await first.stop()
    }

    @Test(
        "an address that cannot be listened on is told in plain words",
        arguments: [
            ("203.0.113.1", "Cannot assign requested address"), ("no-such-host.invalid", "there is no such host"),
        ]
    )
    func cannotListen(host: String, reason: String) async throws {
        let failure = await #expect(throws: SiteServer.Failure.self) {
            try await SiteServer().start(host: host, port: 0)
        }
        #expect(failure?.description.contains(reason) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("--host") == true)
    }

    @Test("a changed file reaches an open page: watched, built, told")
    func reloads() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("docs/index.md", "one")
        let server = SiteServer()
        let port = try await server.start(host: "127.0.0.1", port: 0)
        let live = LiveSite(
            server: server,
            watcher: FileWatcher(folders: [directory.path + "/docs"]),
            build: { LiveSite.Outcome(files: [page((try? directory.read("docs/index.md")) ?? "")], problems: "") },
            report: { _ in }
        )
        let running = Task { await live.run() }
        let events = try await HTTPExchange.events(port: port, until: "event: problems") {}
        #expect(events.contains("data: \"\""))
        let reload = try await HTTPExchange.events(port: port, until: "event: reload") {
            try directory.write("docs/index.md", "two")
        }
        #expect(reload.contains("data: [\"index.html\"]"))
        #expect(try await HTTPExchange.request(port: port, "/").body.hasSuffix("two"))
        running.cancel()
        await running.value
        await server.stop()
    }

    @Test("what can be shown of an edit at once does not wait for the build")
    func previews() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("docs/index.md", "one")
        let server = SiteServer()
        let port = try await server.start(host: "127.0.0.1", port: 0)
        // The second build begins and does not end.
        let builds = AsyncStream<Void>.makeStream()
        builds.continuation.yield()
        let turns = builds.stream
        let live = LiveSite(
            server: server,
            watcher: FileWatcher(folders: [directory.path + "/docs"]),
            preview: { [page((try? directory.read("docs/index.md")) ?? "")] },
            build: {
                var iterator = turns.makeAsyncIterator()
                _ = await iterator.next()
                return LiveSite.Outcome(files: [page("one")], problems: "")
            },
            report: { _ in }
        )
        let running = Task { await live.run() }
        _ = try await HTTPExchange.events(port: port, until: "event: problems") {}
        let reload = try await HTTPExchange.events(port: port, until: "event: reload") {
            try directory.write("docs/index.md", "two")
        }
        #expect(reload.contains("data: [\"index.html\"]"))
        #expect(try await HTTPExchange.request(port: port, "/").body.hasSuffix("two"))
        builds.continuation.finish()
        running.cancel()
        await running.value
        await server.stop()
    }

    @Test("a build that fails keeps the last good site and shows why")
    func problems() async throws {
        let server = SiteServer()
        let port = try await server.start(host: "127.0.0.1", port: 0)
        server.show([page("good")], problems: "")
        server.show(problems: "docs/a.md:3:1: error: broken")
        #expect(try await HTTPExchange.request(port: port, "/").body.hasSuffix("good"))
        #expect(try await HTTPExchange.events(port: port, until: "broken") {}.contains("docs/a.md:3:1"))
        await server.stop()
    }

    @Test("new folders are watched, and what is ignored is not", arguments: [false, true])
    func watches(polling: Bool) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("docs/a.md", "a")
        try directory.write("docs/out/x", "x")
        let watcher = FileWatcher(folders: [directory.path + "/docs"], ignored: [directory.path + "/docs/out"])
        let changes = polling ? watcher.polling(interval: .milliseconds(5)) : watcher.changes()
        try await withDeadline {
            var iterator = changes.makeAsyncIterator()
            try directory.write("docs/out/x", "ignored")
            try directory.write("docs/deep/er/b.md", "b")
            _ = await iterator.next()
            try directory.write("docs/deep/er/c.md", "c")
            #expect(await iterator.next() != nil)
        }
    }
}

/// What a test waited for did not happen in time.
struct TooLate: Error {}

/// Fails when `body` takes longer than a test may.
func withDeadline<Value: Sendable>(
    _ deadline: Duration = .seconds(60),
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    return try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: deadline)
            throw TooLate()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TooLate() }
        return value
    }
}

/// HTTP as bytes on a socket, so that nothing between a test and the server tidies up addresses.
enum HTTPExchange {
    static func request(
        port: Int,
        _ target: String,
        method: String = "GET",
        headers: [String] = []
    ) async throws -> (head: String, body: String) {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        let text = try await exchange(port: port, lines.joined(separator: "\r\n") + "\r\n\r\n") { _ in false }
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }

    /// Listens to events until `text` has come; `body` runs once the server is known to listen.
    static func events(port: Int, until text: String, _ body: @escaping @Sendable () throws -> Void) async throws
        -> String
    {
        let ran = NIOLockedValueBox(false)
        return try await exchange(port: port, "GET /_launchpad/events HTTP/1.1\r\nHost: localhost\r\n\r\n") {
            received in
            if received.contains("event: problems"),
                !ran.withLockedValue({ flag in
                    defer { flag = true }; return flag
                })
            {
                try body()
            }
            return received.contains(text)
        }
    }

    private static func exchange(
        port: Int,
        _ request: String,
        isEnough: @escaping @Sendable (String) throws -> Bool
    ) async throws -> String {
        try await withDeadline {
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await client.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: request))
                var received = ""
                for try await part in inbound {
                    received += String(buffer: part)
                    if try isEnough(received) { break }
                }
                return received
            }
        }
    }
}
