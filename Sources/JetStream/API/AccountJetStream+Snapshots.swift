import NATSSubjects
import NATSWire

/// Requests for copies of whole streams.
extension AccountJetStream {
    func snapshotStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_snapshot") { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            _ = try stream(name)
            throw JetStreamError(.streamSnapshot, "snapshots are not supported by this server, use nats-server")
        }
    }

    func restoreStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_restore", tail: [.init("deliver_subject", "")]) { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            throw JetStreamError(.streamRestore, "restoring is not supported by this server, use nats-server")
        }
    }
}
