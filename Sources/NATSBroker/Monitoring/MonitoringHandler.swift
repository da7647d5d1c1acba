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
        /// Whether nothing more is read from the client.
        var isLast = false
        /// Whether there is no such document.
        var isMissing = false

        static func json(_ document: JSONValue, pretty: Bool = true) -> Response {
            Response(type: "application/json", body: document.encoded(pretty: pretty))
        }

        static func refusal(_ text: String) -> Response {
            Response(status: .badRequest, body: Array(text.utf8))
        }

        /// What a request is told that HTTP does not allow.
        static func violation(_ reason: String) -> Response {
            var response = refusal("400 Bad Request" + reason)
            response.isLast = true
            return response
        }

        static let missing = Response(
            status: .notFound, body: Array("404 page not found\n".utf8), isMissing: true)
    }

    private let broker: Broker
    private let requests: RequestGate
    private var head: HTTPRequestHead?
    /// A whole request that came before the client had taken the answer to the last one.
    private var waiting: HTTPRequestHead?

    init(broker: Broker, _ requests: RequestGate) {
        self.broker = broker
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.hasGoneOn()
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            requests.hasRequest()
            if context.channel.isWritable { answer(head, context) } else { waiting = head }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let head = waiting {
            waiting = nil
            answer(head, context)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { requests.refuse(error) } else { context.close(promise: nil) }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if let violation = Self.violation(head) {
            write(violation, to: head, context)
            return
        }
        guard let target = MonitoringTarget(head.uri, basePath: broker.settings.httpBasePath) else {
            write(.violation(""), to: head, context)
            return
        }
        if let location = target.redirection {
            var response = Response(status: .temporaryRedirect, type: "text/html; charset=utf-8", body: [])
            response.location = location
            let escapes = [("&", "&amp;"), ("\"", "&#34;"), ("<", "&lt;"), (">", "&gt;")]
            let shown = escapes.reduce(location) { $0.replacing($1.0, with: $1.1) }
            response.body = Array("<a href=\"\(shown)\">Temporary Redirect</a>.\n\n".utf8)
            write(response, to: head, context)
            return
        }
        let (broker, name, query) = (broker, target.path, target.query)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let isAskedForSubscriptions = !["", "0", "false"].contains(query["subs"].lowercased())
        let options =
            name == "/jsz" ? (try? JszDocument(query))?.report : name == "/healthz" ? HealthDocument.report : nil
        let loop = context.eventLoop
        broker.monitoringPace.whenFree(loop) {
            let start = NIODeadline.now()
            guard bound.value.channel.isActive else {
                broker.monitoringPace.answered(since: start)
                return
            }
            let open = broker.snapshots(on: loop, withSubscriptions: isAskedForSubscriptions)
            let streams = broker.jetStreamReport(on: loop, options ?? ReportOptions())
            open.and(streams).whenComplete { result in
                let (open, streams) = (try? result.get()) ?? ([], nil)
                let response = Self.response(name, query, broker, open, streams)
                broker.monitoringPace.answered(since: start)
                self.write(response, to: head, bound.value)
            }
        }
    }

    /// What is wrong with a request by the rules of HTTP; nil where nothing is. Source: RFC 9112, 3.2.
    private static func violation(_ head: HTTPRequestHead) -> Response? {
        let hosts = head.headers["host"]
        if hosts.isEmpty, head.version != .http1_0 { return .violation(": missing required Host header") }
        if hosts.count > 1 { return .violation("") }
        return hosts.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
            ? nil : .violation(": malformed Host header")
    }

    /// Where options are read before a request counts.
    private static let isCountedLate: Set = ["/connz", "/routez"]

    private static func response(
        _ path: String,
        _ query: MonitoringQuery,
        _ broker: Broker,
        _ open: [ConnectionSnapshot],
        _ streams: JetStreamReport?
    ) -> Response {
        if !isCountedLate.contains(path) { broker.countRequest(path == "/subscriptionsz" ? "/subsz" : path) }
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
            case "/connz":
                let document = try ConnzDocument(query)
                broker.countRequest(path)
                return .json(try document.document(broker, open: open))
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
            case "/routez":
                if query["subs"].lowercased() != "detail" { _ = try query.bool("subs") }
                broker.countRequest(path)
                return .json(broker.routez)
            case "/gatewayz":
                _ = try query.bool("accs")
                return .json(broker.gatewayz)
            case "/leafz":
                _ = try query.bool("subs")
                return .json(broker.leafz)
            default: return .missing
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
        if response.isMissing { headers.add(name: "X-Content-Type-Options", value: "nosniff") }
        headers.add(name: "Date", value: WallClock.now().httpDate)
        headers.add(name: "Content-Length", value: String(response.body.count))
        let isLast = response.isLast || !request.isKeepAlive
        if isLast { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: request.version, status: response.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            self.requests.hasAnswered()
            if isLast { channel.close(promise: nil) }
        }
    }
}
