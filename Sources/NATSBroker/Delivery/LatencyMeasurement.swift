import NATSWire
import NIOCore

/// How long a service took to answer, as the exporting account is told.
///
/// Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/accounts#service-latency.
struct LatencyMeasurement: Sendable {
    static let type = "io.nats.server.metric.v1.service_latency"

    /// What became of a request.
    enum Outcome {
        case answered(by: RequestInfo)
        /// There was no reply subject to answer on.
        case badRequest
        /// Whoever asked stopped listening.
        case interestLost
        case noResponders
        case timedOut

        var status: Int64 {
            switch self {
            case .answered: 200
            case .badRequest: 400
            case .interestLost: 408
            case .noResponders: 503
            case .timedOut: 504
            }
        }

        var description: String? {
            switch self {
            case .answered: nil
            case .badRequest: "Bad Request"
            case .interestLost: "Request Timeout"
            case .noResponders: "Service Unavailable"
            case .timedOut: "Service Timeout"
            }
        }
    }

    /// Where the measurement is published, in the exporting account.
    let subject: [UInt8]
    /// Who publishes it.
    let broker: Broker
    /// Who asked.
    let requestor: RequestInfo
    /// The headers that asked for the measurement, by name.
    let headers: [JSONValue.Member]
    let startedAt = NIODeadline.now()
    let started = WallClock.now()

    /// Says in the account that has the service what became of the request. Safe from every thread.
    func publish(_ outcome: Outcome, in account: Account) {
        broker.client(inside: account).publish(document(outcome).encoded(), to: subject)
    }

    /// The document to publish. All times in it are in nanoseconds.
    private func document(_ outcome: Outcome) -> JSONValue {
        let asking = requestor.roundTrip ?? 0
        var service: Int64 = 0
        var system: Int64 = 0
        var total: Int64 = 0
        var members: [JSONValue.Member] = [
            .init("type", .string(Self.type)),
            .init("id", .string(NUID.next())),
            .init("timestamp", .string(WallClock.now().rfc3339)),
            .init("status", .int(outcome.status)),
        ]
        if let description = outcome.description { members.append(.init("description", .string(description))) }
        members.append(.init("requestor", requestor.document))
        if case .answered(let responder) = outcome {
            let now = NIODeadline.now()
            let waited = (now - startedAt).nanoseconds
            let answering = responder.roundTrip ?? 0
            service = max(0, waited - answering)
            if answering > 0 { system = (NIODeadline.now() - now).nanoseconds }
            total = asking + waited + system
            members.append(.init("responder", responder.document))
        }
        if !headers.isEmpty { members.append(.init("header", .object(headers))) }
        members += [
            .init("start", .string(WallClock(nanoseconds: started.nanoseconds - asking).rfc3339)),
            .init("service", .int(service)),
            .init("system", .int(system)),
            .init("total", .int(total)),
        ]
        return .object(members)
    }
}
