import GoFormats
import NATSSubjects

/// What mirrors and sources may say.
extension StreamRules {
    /// What the origins of a stream bring along.
    typealias Origins = (subjects: [String], deliver: [String], api: [String])

    func checkMirror(_ configuration: inout StreamConfiguration) throws(JetStreamError) -> Origins {
        guard let mirror = configuration.mirror else { return ([], [], []) }
        if configuration.firstSequence > 0 { throw JetStreamError(.mirrorWithFirstSeq) }
        if !configuration.subjects.isEmpty { throw JetStreamError(.mirrorWithSubjects) }
        if !configuration.sources.isEmpty { throw JetStreamError(.mirrorWithSources) }
        if configuration.allowsCounter { throw JetStreamError(.mirrorWithCounters) }
        if configuration.allowsAtomicPublish { throw JetStreamError(.mirrorWithAtomicPublish) }
        if configuration.allowsBatchPublish { throw JetStreamError(.mirrorWithBatchPublish) }
        if configuration.allowsSchedules { throw JetStreamError(.mirrorWithMsgSchedules) }
        if !isUsable(mirror) { throw JetStreamError(.mirrorDurableConsumerCfgInvalid) }
        if !mirror.filter.isEmpty && !mirror.transforms.isEmpty {
            throw JetStreamError(.mirrorMultipleFiltersNotAllowed)
        }
        // A marker would take a sequence that the origin gives to another message.
        if configuration.deleteMarkerTTL > 0 { throw invalid("subject delete markers forbidden on mirrors") }
        for (index, rule) in mirror.transforms.enumerated() {
            if !rule.source.isEmpty && !Subject.isValidPattern(rule.source.utf8) {
                throw JetStreamError(.mirrorInvalidSubjectFilter, "invalid subject \(rule.source)")
            }
            if let problem = rule.problem { throw JetStreamError(.mirrorInvalidTransformDestination, problem) }
            for (other, second) in mirror.transforms.enumerated()
            where other != index && Subject.collide(rule.source.utf8, second.source.utf8) {
                throw JetStreamError(.mirrorOverlappingSubjectFilters)
            }
        }
        if let external = mirror.external {
            return ([], external.deliver.isEmpty ? [] : [external.deliver], external.api.isEmpty ? [] : [external.api])
        }
        guard Self.isValidName(mirror.name) else { throw JetStreamError(.mirrorInvalidStreamName) }
        guard let origin = lookup(mirror.name) else { return ([], [], []) }
        if isSmaller(configuration, than: origin) { throw JetStreamError(.mirrorMaxMessageSizeTooBig) }
        if isPedantic && configuration.allowsMirrorDirect != origin.allowsDirect {
            throw JetStreamError(.pedantic, "origin stream has direct get set, mirror has it disabled")
        }
        configuration.allowsMirrorDirect = origin.allowsDirect
        return (origin.subjects, [], [])
    }

    func checkSources(_ configuration: StreamConfiguration) throws(JetStreamError) -> Origins {
        if !configuration.sources.isEmpty && configuration.allowsSchedules {
            throw JetStreamError(.sourceWithMsgSchedules)
        }
        var origins: Origins = ([], [], [])
        var names: Set<String> = []
        var consumers: Set<String> = []
        for source in configuration.sources {
            guard Self.isValidName(source.name) else { throw JetStreamError(.sourceInvalidStreamName) }
            if !names.insert(source.indexName).inserted { throw JetStreamError(.sourceDuplicateDetected) }
            try checkFilters(of: source)
            if let consumer = source.consumer {
                if !isUsable(source) { throw JetStreamError(.sourceDurableConsumerCfgInvalid) }
                let key = "\(source.name) \(source.external?.api ?? "") \(consumer.name)"
                if !consumers.insert(key).inserted { throw JetStreamError(.sourceDurableConsumerDuplicateDetected) }
            }
            if let external = source.external {
                if !external.deliver.isEmpty { origins.deliver.append(external.deliver) }
                if !external.api.isEmpty { origins.api.append(external.api) }
            } else if let origin = lookup(source.name) {
                origins.subjects += origin.subjects
                if isSmaller(configuration, than: origin) { throw JetStreamError(.sourceMaxMessageSizeTooBig) }
            }
        }
        return origins
    }

    private func checkFilters(of source: StreamSource) throws(JetStreamError) {
        if !source.filter.isEmpty && !source.transforms.isEmpty {
            throw JetStreamError(.sourceMultipleFiltersNotAllowed)
        }
        for rule in source.transforms {
            if !rule.source.isEmpty && !Subject.isValidPattern(rule.source.utf8) {
                throw JetStreamError(.sourceInvalidSubjectFilter, "invalid subject \(rule.source)")
            }
            if let problem = rule.problem { throw JetStreamError(.sourceInvalidTransformDestination, problem) }
        }
        for (index, rule) in source.transforms.enumerated() {
            for (other, second) in source.transforms.enumerated()
            where other != index && Subject.isCovered(rule.source.utf8, by: second.source.utf8) {
                throw JetStreamError(.sourceOverlappingSubjectFilters)
            }
        }
    }

    /// Whether a consumer that is there already, where one is named, can serve.
    private func isUsable(_ source: StreamSource) -> Bool {
        guard let consumer = source.consumer else { return true }
        return Self.isValidName(consumer.name) && Subject.isLiteral(consumer.deliverSubject.utf8)
            && Subject.isValidPattern(consumer.deliverSubject.utf8) && source.startSequence == 0
            && source.startTime == nil && source.filter.isEmpty
    }

    private func isSmaller(_ configuration: StreamConfiguration, than origin: StreamConfiguration) -> Bool {
        configuration.maxMessageSize > 0 && origin.maxMessageSize > 0
            && configuration.maxMessageSize < origin.maxMessageSize
    }

    func checkExternal(deliver: [String], api: [String], subjects: [String]) throws(JetStreamError) {
        for prefix in deliver {
            guard Subject.isValidPattern(prefix.utf8), !Subject.hasWildcard(prefix.utf8) else {
                throw JetStreamError(.streamInvalidExternalDeliverySubj, prefix)
            }
            for subject in subjects where Subject.collide(subject.utf8, "\(prefix).\(subject)".utf8) {
                throw JetStreamError(.streamExternalDelPrefixOverlaps, prefix, subject)
            }
        }
        for prefix in api {
            guard Subject.isValidPattern(prefix.utf8), !Subject.hasWildcard(prefix.utf8) else {
                throw invalid(
                    "stream external api prefix \(GoText.quoted(prefix)) must be a valid subject without wildcards")
            }
            if Subject.collide(prefix.utf8, "$JS.API".utf8) {
                throw JetStreamError(.streamExternalApiOverlap, prefix, "$JS.API")
            }
        }
    }

    /// Streams that take from each other would never come to rest.
    func checkCycles(_ configuration: StreamConfiguration) throws(JetStreamError) {
        var waiting = [configuration]
        var visited: Set<String> = []
        while let current = waiting.first {
            waiting.removeFirst()
            visited.insert(current.name)
            for source in current.sources where source.external == nil {
                if visited.contains(source.name) {
                    let overlaps =
                        source.filter.isEmpty
                        || current.subjects.contains { Subject.collide($0.utf8, source.filter.utf8) }
                    if overlaps { throw invalid("detected cycle") }
                } else if let next = lookup(source.name) {
                    waiting.append(next)
                }
            }
            if let mirror = current.mirror, mirror.external == nil {
                if visited.contains(mirror.name) { throw invalid("detected cycle") }
                if let next = lookup(mirror.name) { waiting.append(next) }
            }
        }
    }
}

extension StreamSource {
    /// What tells sources of one stream apart, and how the header of a message says which one it came from.
    var indexName: String { "\(indexOrigin) \(indexFilters)" }

    /// The name of the stream, with a hash of what else says where it is.
    var indexOrigin: String {
        name + (external.map { ":" + StreamIdentity.hash($0.api) } ?? "")
            + (consumer.map { ":C=" + StreamIdentity.hash($0.name) } ?? "")
    }

    /// Which messages are taken, and what becomes of their subjects.
    var indexFilters: String {
        guard !transforms.isEmpty else { return "\(filter.isEmpty ? ">" : filter) >" }
        let filters = transforms.map { $0.source.isEmpty ? ">" : $0.source }
        let destinations = transforms.map { $0.destination.isEmpty ? ">" : $0.destination }
        return [filters, destinations].map { $0.joined(separator: "\u{C}") }.joined(separator: " ")
    }
}
