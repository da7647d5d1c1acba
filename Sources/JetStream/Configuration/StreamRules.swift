import GoFormats
import NATSSubjects

/// What a stream's configuration must be like, in the order in which nats-server checks it, and what it is completed with.
struct StreamRules {
    let settings: JetStreamSettings
    let limits: AccountLimits
    /// Whether what would be mended silently is refused.
    let isPedantic: Bool
    /// The other streams of the account, by name.
    let lookup: (String) -> StreamConfiguration?

    static let maxNameLength = 255
    static let maxDescriptionLength = 4_096
    static let maxMetadataLength = 131_072
    private static let maxReplicas = 5
    private static let defaultDuplicateWindow: Int64 = 120_000_000_000
    static let shortest: Int64 = 100_000_000

    /// - Returns: the configuration with its defaults.
    func check(_ request: StreamConfiguration) throws(JetStreamError) -> StreamConfiguration {
        var configuration = request
        try checkNames(configuration)
        try completeLimits(&configuration)
        try completeTimes(&configuration)
        try checkFeatures(&configuration)
        let origins = try checkMirror(&configuration)
        let sources = try checkSources(configuration)
        try checkExternal(
            deliver: origins.deliver + sources.deliver, api: origins.api + sources.api,
            subjects: origins.subjects + sources.subjects)
        try checkCycles(configuration)
        try completeSubjects(&configuration)
        try checkMaxBytes(configuration)
        try checkTransforms(&configuration)
        if configuration.placement == Placement() { configuration.placement = nil }
        if let placement = configuration.placement, !placement.preferred.isEmpty {
            throw invalid("preferred server not permitted in placement")
        }
        return configuration
    }

    func invalid(_ reason: String) -> JetStreamError { JetStreamError(.streamInvalidConfig, reason) }

    private func pedantic(_ reason: String) -> JetStreamError { JetStreamError(.pedantic, reason) }

    /// Whether `name` can name a stream or a consumer.
    static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains { " \t\r\n\u{C}.*>\\/".utf8.contains($0) }
    }

    private func checkNames(_ configuration: StreamConfiguration) throws(JetStreamError) {
        guard Self.isValidName(configuration.name) else {
            throw invalid("stream name is required and can not contain '.', '*', '>', '\\', '/'")
        }
        if configuration.name.utf8.count > Self.maxNameLength {
            throw invalid("stream name is too long, maximum allowed is \(Self.maxNameLength)")
        }
        if configuration.description.utf8.count > Self.maxDescriptionLength {
            throw invalid("stream description is too long, maximum allowed is \(Self.maxDescriptionLength)")
        }
        let length = (configuration.metadata ?? [:]).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if length > Self.maxMetadataLength {
            throw invalid("stream metadata exceeds maximum size of \(Self.maxMetadataLength) bytes")
        }
    }

    private func completeLimits(_ configuration: inout StreamConfiguration) throws(JetStreamError) {
        if configuration.replicas == 0 { configuration.replicas = 1 }
        if configuration.replicas > Self.maxReplicas { throw invalid("maximum replicas is \(Self.maxReplicas)") }
        if configuration.replicas < 0 { throw JetStreamError(.replicasCountCannotBeNegative) }
        try complete(&configuration.maxMessages, "max_msgs")
        try complete(&configuration.maxMessagesPerSubject, "max_msgs_per_subject")
        try complete(&configuration.maxBytes, "max_bytes")
        try complete(&configuration.maxMessageSize, "max_msg_size")
        try complete(&configuration.maxConsumers, "max_consumers")
    }

    private func complete(_ limit: inout some SignedInteger, _ name: String) throws(JetStreamError) {
        guard limit == 0 || limit < -1 else { return }
        if isPedantic && limit < -1 { throw pedantic("\(name) must be set to -1") }
        limit = -1
    }

    private func completeTimes(_ configuration: inout StreamConfiguration) throws(JetStreamError) {
        if configuration.maxAge < 0 { throw invalid("max age can not be negative") }
        if configuration.maxAge != 0 && configuration.maxAge < Self.shortest {
            throw invalid("max age needs to be >= 100ms")
        }
        let limit = settings.maxDuplicateWindow
        if configuration.duplicateWindow == 0, configuration.mirror == nil, configuration.sources.isEmpty {
            var window = Self.defaultDuplicateWindow
            if limit > 0 && window > limit {
                if isPedantic { throw pedantic("duplicate window limits are higher than current limits") }
                window = limit
            }
            if configuration.maxAge != 0 && configuration.maxAge < window {
                if isPedantic { throw pedantic("duplicate window cannot be bigger than max age") }
                window = configuration.maxAge
            }
            configuration.duplicateWindow = window
        }
        let window = configuration.duplicateWindow
        if window < 0 { throw invalid("duplicates window can not be negative") }
        if configuration.maxAge != 0 && window > configuration.maxAge {
            throw invalid("duplicates window can not be larger then max age")
        }
        if limit > 0 && window > limit {
            throw invalid(
                "duplicates window can not be larger then server limit of \(GoDuration.described(.nanoseconds(limit)))")
        }
        if window > 0 && window < Self.shortest { throw invalid("duplicates window needs to be >= 100ms") }
    }

    private func checkFeatures(_ configuration: inout StreamConfiguration) throws(JetStreamError) {
        if configuration.deniesPurge && configuration.allowsRollup {
            throw invalid("roll-ups require the purge permission")
        }
        if configuration.allowsCounter {
            if configuration.discard == .new { throw invalid("counter stream cannot use discard new") }
            if configuration.allowsMessageTTL { throw invalid("counter stream cannot use message TTLs") }
            if configuration.allowsSchedules { throw invalid("counter stream cannot use message schedules") }
            if configuration.retention != .limits { throw invalid("counter stream can only use limits retention") }
        }
        try checkDiscard(configuration)
        if configuration.deleteMarkerTTL > 0 {
            if configuration.deleteMarkerTTL < 1_000_000_000 {
                throw invalid("subject delete marker TTL must be at least 1 second")
            }
            if !configuration.allowsMessageTTL {
                if isPedantic { throw invalid("subject delete marker cannot be set if message TTLs are disabled") }
                configuration.allowsMessageTTL = true
            }
            try allowRollup(&configuration, "subject delete marker")
        } else if configuration.deleteMarkerTTL < 0 {
            throw invalid("subject delete marker TTL must not be negative")
        }
        if configuration.allowsSchedules {
            if configuration.discard == .new { throw invalid("message scheduling cannot use discard new") }
            try allowRollup(&configuration, "message scheduling")
        }
        if configuration.persistMode == .async {
            if configuration.storage != .file { throw invalid("async persist mode is only supported on file storage") }
            if configuration.replicas > 1 {
                throw invalid("async persist mode is not supported on replicated streams")
            }
            if configuration.allowsAtomicPublish {
                throw invalid("async persist mode is not supported with atomic batch publish")
            }
        }
    }

    private func allowRollup(_ configuration: inout StreamConfiguration, _ what: String) throws(JetStreamError) {
        guard !configuration.allowsRollup else { return }
        if isPedantic { throw invalid("\(what) cannot be set if roll-ups are disabled") }
        configuration.allowsRollup = true
        configuration.deniesPurge = false
    }

    func checkDiscard(_ configuration: StreamConfiguration) throws(JetStreamError) {
        guard configuration.discardsNewPerSubject else { return }
        if configuration.discard != .new {
            throw invalid("discard new per subject requires discard new policy to be set")
        }
        if configuration.maxMessagesPerSubject <= 0 {
            throw invalid("discard new per subject requires max msgs per subject > 0")
        }
    }

    private func completeSubjects(_ configuration: inout StreamConfiguration) throws(JetStreamError) {
        let hasOrigin = configuration.mirror != nil || !configuration.sources.isEmpty
        if configuration.subjects.isEmpty {
            if !hasOrigin { configuration.subjects = [configuration.name] }
            return
        }
        var seen: Set<String> = []
        for (index, subject) in configuration.subjects.enumerated() {
            guard Subject.isValidPattern(subject.utf8) else { throw invalid("invalid subject") }
            if seen.contains(subject) { throw invalid("duplicate subjects detected") }
            if subject == ">" {
                if !configuration.isWithoutAck { throw invalid("capturing all subjects requires no-ack to be true") }
                if configuration.replicas != 1 { throw invalid("capturing all subjects requires replicas of 1") }
            }
            if !configuration.isWithoutAck { try checkReserved(subject) }
            for other in configuration.subjects[(index + 1)...] where Subject.collide(other.utf8, subject.utf8) {
                throw invalid("subject \(GoText.quoted(subject)) overlaps with \(GoText.quoted(other))")
            }
            seen.insert(subject)
        }
    }

    /// Answers on the server's own subjects would be taken for acknowledgements.
    private func checkReserved(_ subject: String) throws(JetStreamError) {
        for space in ["$JS.>", "$JSC.>", "$NRG.>"]
        where Subject.collide(subject.utf8, space.utf8) && !Subject.isCovered(subject.utf8, by: "$JS.EVENT.>".utf8) {
            throw invalid("subjects that overlap with jetstream api require no-ack to be true")
        }
        if Subject.collide(subject.utf8, "$SYS.>".utf8), !Subject.isCovered(subject.utf8, by: "$SYS.ACCOUNT.>".utf8) {
            throw invalid("subjects that overlap with system api require no-ack to be true")
        }
    }

    private func checkMaxBytes(_ configuration: StreamConfiguration) throws(JetStreamError) {
        if limits.isMaxBytesRequired && configuration.maxBytes <= 0 { throw JetStreamError(.streamMaxBytesRequired) }
        let limit = configuration.storage == .memory ? limits.memoryMaxStreamBytes : limits.storeMaxStreamBytes
        if limit > 0 && configuration.maxBytes > limit { throw JetStreamError(.streamMaxStreamBytesExceeded) }
    }

    private func checkTransforms(_ configuration: inout StreamConfiguration) throws(JetStreamError) {
        if let rule = configuration.subjectTransform {
            if !rule.source.isEmpty && !Subject.isValidPattern(rule.source.utf8) {
                throw JetStreamError(.streamTransformInvalidSource, "invalid subject \(rule.source)")
            }
            if let problem = rule.problem { throw JetStreamError(.streamTransformInvalidDestination, problem) }
        }
        guard var republish = configuration.republish else { return }
        if republish.source.isEmpty {
            if isPedantic { throw pedantic("republish source can not be empty") }
            republish.source = ">"
        }
        if republish.source == ">", republish.destination == ">", let rule = configuration.subjectTransform,
            configuration.subjects == [rule.source]
        {
            if isPedantic { throw pedantic("implicit republish based on subject transform") }
            republish.source = rule.destination
            republish.destination = rule.destination
        }
        let destination = republish.destination
        if configuration.subjects.contains(where: { Subject.collide(destination.utf8, $0.utf8) }) {
            throw invalid("stream configuration for republish destination forms a cycle")
        }
        if !destination.isEmpty, (try? SubjectTransform(from: republish.source, to: destination)) == nil {
            throw invalid(
                "stream configuration for republish with transform from '\(republish.source)' to "
                    + "'\(destination)' not valid")
        }
        configuration.republish = republish
    }
}

extension SubjectTransformRule {
    /// What is wrong with the rule, in nats-server's words.
    var problem: String? {
        guard !destination.isEmpty else { return nil }
        for token in destination.split(separator: ".", omittingEmptySubsequences: false) {
            if token.isEmpty { return "invalid mapping destination: invalid transform" }
            if TransformFunction.hasForm(token), TransformFunction.call(token) == nil {
                return TransformProblem.token(token, "unknown function").message
            }
        }
        do throws(TransformProblem) {
            _ = try SubjectTransform(from: source, to: destination)
            return nil
        } catch {
            return error.message
        }
    }
}
