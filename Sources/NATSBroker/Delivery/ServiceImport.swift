import NATSSubjects
import NIOCore
import Synchronization

/// A service that an account offers to others.
final class ServiceExport: Sendable {
    /// How many messages answer a request.
    enum ResponseType: Sendable {
        case single, streamed, chunked
    }

    /// Where measurements go, and of how many requests.
    struct Latency: Sendable {
        var subject: [UInt8]
        /// Percent; 0 where the requests' trace headers say whether.
        var sampling: Int
    }

    /// The pattern of requests.
    let subject: [UInt8]
    let responseType: ResponseType
    let latency: Latency?
    /// How long answers may take.
    let threshold: TimeAmount
    /// Whether traces of messages go on behind it.
    let allowsTrace: Bool
    /// Whether a clean-up of late answers is on its way.
    let isWatched = Atomic<Bool>(false)

    init(
        _ subject: String,
        responseType: ResponseType,
        latency: Latency?,
        threshold: TimeAmount,
        allowsTrace: Bool = false
    ) {
        self.allowsTrace = allowsTrace
        self.subject = Array(subject.utf8)
        self.responseType = responseType
        self.latency = latency
        self.threshold = threshold
    }
}

/// A service of another account that can be asked in this one.
final class ServiceImport: Sendable {
    let importer: Account
    let exporter: Account
    /// The pattern of requests here.
    let from: [UInt8]
    /// The subject there, where it is but one.
    private let to: [UInt8]
    private let transform: SubjectTransform?
    private let keepsSubject: Bool
    /// Whether the service learns who asks.
    let isShared: Bool
    let export: ServiceExport?

    /// - Parameters:
    ///   - from: the pattern here; `$1` and the like stand for wildcards of `to` in another order.
    ///   - to: the pattern in the exporting account.
    init?(from: String, to: String, importer: Account, exporter: Account, isShared: Bool, export: ServiceExport?) {
        self.importer = importer
        self.exporter = exporter
        self.isShared = isShared
        self.export = export
        self.to = Array(to.utf8)
        keepsSubject = Subject.hasWildcard(to.utf8) && from == to
        if Subject.hasWildcard(to.utf8), from != to {
            let pattern = SubjectTransform.unmarked(to)
            guard
                let back = try? SubjectTransform(from: pattern, to: SubjectTransform.marked(from), isStrict: true),
                let transform = back.reversed
            else { return nil }
            self.transform = transform
            self.from = Array(SubjectTransform.unmarked(from).utf8)
        } else {
            transform = nil
            self.from = Array(from.utf8)
        }
    }

    /// The subject there of a request on `subject` here.
    func target(of subject: [UInt8]) -> [UInt8] {
        keepsSubject ? subject : transform?.apply(subject) ?? to
    }
}

/// An answer that is waited for: whoever publishes on the reply subject that the service was given answers the importer's client.
final class PendingResponse: Sendable {
    /// The account in which the answer is published.
    let exporter: Account
    /// The subject on which it is, `_R_.…`.
    let subject: [UInt8]
    /// The account of whoever asked.
    let importer: Account
    /// Where the answer goes there.
    let reply: [UInt8]
    let export: ServiceExport?
    let isShared: Bool
    let asked: NIODeadline
    /// The measurement that the answer completes; nil where none is taken.
    let measurement: LatencyMeasurement?
    private let state = Mutex(State())

    private struct State {
        var lastUsed: NIODeadline?
        var isMeasured = false
    }

    init(
        exporter: Account,
        subject: [UInt8],
        importer: Account,
        reply: [UInt8],
        export: ServiceExport?,
        isShared: Bool,
        measurement: LatencyMeasurement?
    ) {
        self.exporter = exporter
        self.subject = subject
        self.importer = importer
        self.reply = reply
        self.export = export
        self.isShared = isShared
        self.measurement = measurement
        asked = .now()
    }

    /// Whether one message is the whole answer.
    var isSingle: Bool { export.map { $0.responseType == .single } ?? true }

    /// When something was last heard of it.
    var lastUsed: NIODeadline { state.withLock { $0.lastUsed } ?? asked }

    func noteUse() { state.withLock { $0.lastUsed = .now() } }

    /// The measurement, for the first who asks for it.
    func takeMeasurement() -> LatencyMeasurement? {
        state.withLock { state in
            defer { state.isMeasured = true }
            return state.isMeasured ? nil : measurement
        }
    }
}
