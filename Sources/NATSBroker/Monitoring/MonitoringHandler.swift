import JetStream
import NATSWire
import NIOCore
import NIOHTTP1

/// Answers HTTP requests for monitoring documents. Belongs to its channel's event loop and is touched there alone, which is why it
/// may call itself sendable.
final class MonitoringHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A response, ready to be written.
    private struct Response: Sendable {
        var status = HTTPResponseStatus.ok
        var type = "text/plain; charset=utf-8"
        var body: [UInt8]
        /// Where to ask instead.
        var location: String?

        static func json(_ document: JSONValue, pretty: Bool = true) -> Response {
            Response(type: "application/json", body: document.encoded(pretty: pretty))
        }

        static func refusal(_ text: String) -> Response {
            Response(status: .badRequest, body: Array(text.utf8))
        }
    }

    private let broker: Broker
    private var head: HTTPRequestHead?

    init(broker: Broker) {
        self.broker = broker
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = MonitoringQuery(parts.count > 1 ? parts[1] : "")
        var path = parts[0]
        let base = broker.settings.httpBasePath
        // Below a path of its own, monitoring is nowhere else, and its page stands at the very path.
        if !base.isEmpty, base != "/" {
            let isBelow = path == base || (path.hasPrefix(base + "/") && path.count > base.count + 1)
            path = isBelow ? path.dropFirst(base.count) : "?"
            if path.isEmpty { path = "/" }
        }
        if let clean = Self.cleaned(parts[0]) {
            var response = Response(status: .temporaryRedirect, type: "text/html; charset=utf-8", body: [])
            let target = ([clean] + parts.dropFirst().map(String.init)).joined(separator: "?")
            response.location = target
            response.body = Array("<a href=\"\(target)\">Temporary Redirect</a>.\n\n".utf8)
            write(response, to: head, context)
            return
        }
        broker.countRequest(path == "/subscriptionsz" ? "/subsz" : String(path))
        let broker = broker
        let name = String(path)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let isAskedForSubscriptions = !["", "0", "false"].contains(query["subs"].lowercased())
        let options =
            name == "/jsz" ? (try? JszDocument(query))?.report : name == "/healthz" ? HealthDocument.report : nil
        let open = broker.snapshots(on: context.eventLoop, withSubscriptions: isAskedForSubscriptions)
        let streams = broker.jetStreamReport(on: context.eventLoop, options ?? ReportOptions())
        open.and(streams).whenComplete { result in
            let (open, streams) = (try? result.get()) ?? ([], nil)
            self.write(Self.response(name, query, broker, open, streams), to: head, bound.value)
        }
    }

    /// A path without empty parts, `.` and `..`; nil where it has none of them.
    private static func cleaned(_ path: some StringProtocol) -> String? {
        var parts: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: false).map { Substring($0) }
        for part in all where !part.isEmpty && part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let isFolder = path.hasSuffix("/") && !parts.isEmpty
        let clean = "/" + parts.joined(separator: "/") + (isFolder ? "/" : "")
        return clean == path ? nil : clean
    }

    private static func response(
        _ path: String,
        _ query: MonitoringQuery,
        _ broker: Broker,
        _ open: [ConnectionSnapshot],
        _ streams: JetStreamReport?
    ) -> Response {
        do throws(MonitoringQuery.Failure) {
            switch path {
            case "/": return Response(type: "text/html; charset=utf-8", body: Array(MonitoringPage.text.utf8))
            case "/healthz":
                var health = try HealthDocument(query)
                health.check(broker, streams)
                if let complaint = health.logLine { broker.log.warning(complaint) }
                if health.isDeprecated {
                    broker.log.warning("Healthcheck: js-enabled deprecated, use js-enabled-only instead")
                }
                var response = Response.json(health.document(withStatus: false), pretty: false)
                response.status = HTTPResponseStatus(statusCode: health.status)
                return response
            case "/varz": return .json(broker.varz(open, streams))
            case "/connz": return .json(try ConnzDocument(query).document(broker, open: open))
            case "/subsz", "/subscriptionsz": return .json(try SubszDocument(query).document(broker, open: open))
            case "/accountz": return .json(try broker.accountz(query["acc"], open))
            case "/accstatz":
                return .json(broker.accstatz([], showsUnused: try query.bool("unused"), open))
            case "/jsz":
                guard let document = try JszDocument(query).document(broker, streams) else {
                    throw MonitoringQuery.Failure(description: "filtered response: not leader")
                }
                return .json(document)
            case "/ipqueuesz":
                _ = try query.bool("all")
                return .json(.object([]))
            case "/raftz": return Response(status: .notFound, body: Array("No Raft nodes registered".utf8))
            case "/debug/vars":
                let document = JSONValue.object([
                    .init("cmdline", broker.commandLine), .init("memstats", broker.memoryStatistics),
                ])
                return Response(type: "application/json; charset=utf-8", body: document.encoded(pretty: true))
            case "/stacksz":
                let text = "Launchpad does not record stacks; ask the process with a debugger or eu-stack.\n"
                return Response(status: .notImplemented, body: Array(text.utf8))
            case "/routez": return .json(broker.routez)
            case "/gatewayz": return .json(broker.gatewayz)
            case "/leafz": return .json(broker.leafz)
            default: return Response(status: .notFound, body: Array("404 page not found\n".utf8))
            }
        } catch {
            return .refusal(error.description)
        }
    }

    private func write(_ response: Response, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        if response.type == "application/json" { headers.add(name: "Access-Control-Allow-Origin", value: "*") }
        headers.add(name: "Content-Type", value: response.type)
        if let location = response.location { headers.add(name: "Location", value: location) }
        headers.add(name: "Content-Length", value: String(response.body.count))
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: request.version, status: response.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if !request.isKeepAlive { channel.close(promise: nil) }
        }
    }
}

/// The page at `/`: links to the documents.
enum MonitoringPage {
    static let text = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Launchpad's NATS broker</title></head>
        <body>
        <h1>Launchpad \(BrokerSettings.launchpadVersion)</h1>
        <p>A NATS server that behaves as nats-server v\(BrokerSettings.natsVersion) does.</p>
        <ul>
        <li><a href="./varz">General</a></li>
        <li><a href="./connz">Connections</a></li>
        <li><a href="./accountz">Accounts</a></li>
        <li><a href="./accstatz">Account Stats</a></li>
        <li><a href="./subsz">Subscriptions</a></li>
        <li><a href="./routez">Routes</a></li>
        <li><a href="./leafz">LeafNodes</a></li>
        <li><a href="./gatewayz">Gateways</a></li>
        <li><a href="./jsz">JetStream</a></li>
        <li><a href="./healthz">Health Probe</a></li>
        </ul>
        </body>
        </html>

        """
}
