import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// Serves a site from memory and tells open pages when it has changed.
package final class SiteServer: Sendable {
    /// Why the server could not start.
    package enum Failure: Error, CustomStringConvertible {
        case portTaken(host: String, port: Int)
        case cannotListen(host: String, port: Int, reason: String)

        package var description: String {
            switch self {
            case .portTaken(let host, let port):
                "port \(port) on \(host) is taken by another program; choose another one with --port"
            case .cannotListen(let host, let port, let reason):
                "can't listen on \(host):\(port): \(reason); choose an address of this machine with --host, or another port "
                    + "with --port"
            }
        }
    }

    private struct State {
        var store = SiteStore()
        var problems = ""
        var listeners: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let channel: NIOLockedValueBox<(any Channel)?> = NIOLockedValueBox(nil)

    package init() {}

    /// Starts listening.
    ///
    /// - Parameter port: 0 for any free one.
    /// - Returns: the port.
    /// - Throws: ``Failure``.
    package func start(host: String, port: Int) async throws -> Int {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(SiteRequestHandler(server: self))
                }
            }
        do {
            let bound = try await bootstrap.bind(host: host, port: port).get()
            channel.withLockedValue { $0 = bound }
            return bound.localAddress?.port ?? port
        } catch let error as IOError where error.errnoCode == Errno.addressInUse.rawValue {
            throw Failure.portTaken(host: host, port: port)
        } catch let error as IOError {
            throw Failure.cannotListen(host: host, port: port, reason: Errno(rawValue: error.errnoCode).description)
        } catch is SocketAddressError.UnknownHost {
            throw Failure.cannotListen(host: host, port: port, reason: "there is no such host")
        } catch {
            throw Failure.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// Stops listening and hangs up on everybody.
    package func stop() async {
        let bound = channel.withLockedValue { channel in
            defer { channel = nil }
            return channel
        }
        let listeners = state.withLockedValue { state in
            defer { state.listeners = [:] }
            return state.listeners.values.map { $0 }
        }
        for listener in listeners {
            try? await listener.close()
        }
        try? await bound?.close()
    }

    /// Shows a new build. Open pages that it changes load again; `problems` (none where empty) appear on every page.
    ///
    /// - Parameter keepingOthers: files below `search/` stay until ``add(_:)`` brings their followers.
    package func show(_ files: [SiteFile], problems: String, keepingOthers: Bool = false) {
        let changed = state.withLockedValue { state in
            state.problems = problems
            return state.store.replace(with: files) { keepingOthers && $0.hasPrefix("search/") }
        }
        if !changed.isEmpty {
            broadcast(.reload(changed))
        }
        broadcast(.problems(problems))
    }

    /// Shows files of the next build before it is there. Open pages that they change load again.
    func show(early files: [SiteFile]) {
        let changed = state.withLockedValue { $0.store.update(files) }
        if !changed.isEmpty {
            broadcast(.reload(changed))
        }
    }

    /// Brings the files below `search/` that belong to the build that is shown. Open pages need not know.
    package func add(_ files: [SiteFile]) {
        state.withLockedValue { state in
            _ = state.store.replace(with: files) { !$0.hasPrefix("search/") }
        }
    }

    /// Keeps the site as it is and shows why it could not be built again.
    package func show(problems: String) {
        state.withLockedValue { $0.problems = problems }
        broadcast(.problems(problems))
    }

    // MARK: For the request handler

    func answer(_ target: String, knownTag: String?) -> SiteStore.Answer {
        state.withLockedValue { $0.store.answer(target, knownTag: knownTag) }
    }

    /// Adds a page that wants to know of changes, and returns what it must know at once.
    func listen(_ channel: any Channel) -> LiveEvent {
        state.withLockedValue { state in
            state.listeners[ObjectIdentifier(channel)] = channel
            return .problems(state.problems)
        }
    }

    func forget(_ channel: any Channel) {
        state.withLockedValue { _ = $0.listeners.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    private func broadcast(_ event: LiveEvent) {
        let listeners = state.withLockedValue { Array($0.listeners.values) }
        for listener in listeners {
            listener.writeAndFlush(
                HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: event.bytes))), promise: nil)
        }
    }
}

/// What open pages are told, as server-sent events.
enum LiveEvent: Sendable, Hashable {
    /// These paths of the site have changed.
    case reload(Set<String>)
    /// The build's messages; empty when all is well.
    case problems(String)

    /// In the wire format of `text/event-stream`; the data is JSON, which has no line ends.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        switch self {
        case .reload(let paths):
            out += Array("event: reload\ndata: [".utf8)
            for (index, path) in paths.sorted().enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                JSONText.append(path, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .problems(let text):
            out += Array("event: problems\ndata: ".utf8)
            JSONText.append(text, to: &out)
        }
        return out + Array("\n\n".utf8)
    }
}
