import JetStream
import NATSWire
import NIOCore
import Synchronization

/// JetStream's place in the server's life.
extension Broker {
    /// - Throws: ``JetStreamEngine/Failure``.
    func startJetStream(_ setup: JetStreamSetup) async throws {
        let engine = JetStreamEngine(setup)
        do {
            try await engine.start(self)
        } catch {
            try? await engine.group.shutdownGracefully()
            throw error
        }
        jetStream.withLock { $0 = engine }
    }

    func stopJetStream() async {
        let engine = jetStream.withLock { engine in
            defer { engine = nil }
            return engine
        }
        await engine?.stop(log)
    }

    /// Does what new settings ask for.
    func reloadJetStream() async {
        let wanted = settings.jetStream
        guard let wanted else { return await stopJetStream() }
        if let engine = jetStream.withLock({ $0 }) {
            engine.adopt(wanted)
            await engine.configure(self)
            return
        }
        do {
            try await startJetStream(wanted)
        } catch {
            let reason = (error as? JetStreamEngine.Failure)?.reason ?? "\(error)"
            log.warning("Can't start JetStream: \(reason)")
        }
    }

    /// Answers a request for streams in an account that has none.
    func refuseStreams(_ request: ServiceRequest) {
        guard let document = AccountJetStream.refusal(of: request.subject) else { return }
        client(inside: request.account).publish(document, to: request.reply)
    }
}
