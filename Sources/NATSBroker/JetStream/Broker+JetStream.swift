import JetStream
import NATSWire
import NIOCore
import Synchronization

/// JetStream's place in the server's life.
extension Broker {
    /// - Throws: ``JetStreamEngine/Failure``.
    func startJetStream(_ setup: JetStreamSetup) async throws {
        let engine = JetStreamEngine(setup, clientThreads: threadCount)
        do {
            try await engine.start(self)
        } catch {
            await engine.endThreads()
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
        log.info("Restarting JetStream")
        do {
            try await startJetStream(wanted)
        } catch {
            let reason = (error as? JetStreamEngine.Failure)?.reason ?? "\(error)"
            log.warning("Can't start JetStream: \(reason)")
        }
    }

    /// Answers a request for streams in an account that has none.
    func refuseStreams(_ request: ServiceRequest) {
        guard !request.reply.isEmpty else { return }
        let refusal =
            request.account === systemAccount
            ? AccountJetStream.systemRefusal(of: request.subject)
            : AccountJetStream.refusal(of: request.subject, body: request.payload)
        switch refusal {
        case .answer(let document): client(inside: request.account).publish(document, to: request.reply)
        case .noResponders: request.client.reportNoResponders(request.reply, Array(request.subject.utf8))
        case .silence: break
        }
    }
}
