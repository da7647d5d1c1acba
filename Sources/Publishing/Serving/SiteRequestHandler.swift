import NIOCore
import NIOHTTP1

/// Answers the requests of one connection.
final class SiteRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: SiteServer
    private var head: HTTPRequestHead?

    init(server: SiteServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            if let head {
                respond(to: head, context)
            }
            head = nil
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.forget(context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func respond(to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard request.method == .GET || request.method == .HEAD else {
            let answer = SiteStore.Answer(status: 405, contentType: "text/plain; charset=utf-8", body: [])
            write(answer, request, context)
            return
        }
        switch request.uri {
        case "/_launchpad/events": stream(request, context)
        case "/_launchpad/live.js":
            let type = SiteStore.contentType(of: "live.js")
            write(SiteStore.Answer(status: 200, contentType: type, body: PackageResources.live_js), request, context)
        case "/_launchpad/live.css":
            let type = SiteStore.contentType(of: "live.css")
            write(SiteStore.Answer(status: 200, contentType: type, body: PackageResources.live_css), request, context)
        default:
            write(server.answer(request.uri, knownTag: request.headers.first(name: "If-None-Match")), request, context)
        }
    }

    private func write(_ answer: SiteStore.Answer, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders([
            ("Content-Type", answer.contentType), ("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff"),
        ])
        if answer.status != 304 {
            headers.add(name: "Content-Length", value: String(answer.body.count))
        }
        if let etag = answer.etag {
            headers.add(name: "ETag", value: etag)
        }
        if let location = answer.location {
            headers.add(name: "Location", value: location)
        }
        if answer.status == 405 {
            headers.add(name: "Allow", value: "GET, HEAD")
        }
        let head = HTTPResponseHead(
            version: request.version,
            status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, !answer.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !request.isKeepAlive {
            context.close(promise: nil)
        }
    }

    /// Starts a stream of events that goes on until the page is closed.
    private func stream(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let headers = HTTPHeaders([("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
        let head = HTTPResponseHead(version: request.version, status: .ok, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let first = server.listen(context.channel)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: first.bytes)))), promise: nil)
    }
}
