import NATSWire

/// A subject and what becomes of it.
package struct SubjectTransformRule: Sendable, Hashable {
    package var source = ""
    package var destination = ""

    var json: JSONValue {
        .object([.init("src", .string(source)), .init("dest", .string(destination))])
    }

    static func decode(_ decoder: inout RequestDecoder, _ value: JSONValue) throws(RequestProblem) -> Self {
        var rule = Self()
        try decoder.object(value, type: "server.SubjectTransformConfig") {
            decoder, name, value throws(RequestProblem) in
            switch name {
            case "src": decoder.string(&rule.source, value)
            case "dest": decoder.string(&rule.destination, value)
            default: return false
            }
            return true
        }
        return rule
    }
}

/// Where and as what a stream sends its messages on.
package struct Republish: Sendable, Hashable {
    package var source = ""
    package var destination = ""
    package var isHeadersOnly = false

    var json: JSONValue {
        var members: [JSONValue.Member] = []
        members.addText("src", source)
        members.append(.init("dest", .string(destination)))
        members.addFlag("headers_only", isHeadersOnly)
        return .object(members)
    }

    static func decode(_ decoder: inout RequestDecoder, _ value: JSONValue) throws(RequestProblem) -> Self {
        var republish = Self()
        try decoder.object(value, type: "server.RePublish") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "src": decoder.string(&republish.source, value)
            case "dest": decoder.string(&republish.destination, value)
            case "headers_only": decoder.bool(&republish.isHeadersOnly, value)
            default: return false
            }
            return true
        }
        return republish
    }
}

/// Where a stream or consumer should live in a cluster.
package struct Placement: Sendable, Hashable {
    package var cluster = ""
    package var tags: [String] = []
    package var preferred = ""

    var json: JSONValue {
        var members: [JSONValue.Member] = []
        members.addText("cluster", cluster)
        members.addTexts("tags", tags)
        members.addText("preferred", preferred)
        return .object(members)
    }

    static func decode(_ decoder: inout RequestDecoder, _ value: JSONValue) throws(RequestProblem) -> Self {
        var placement = Self()
        try decoder.object(value, type: "server.Placement") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "cluster": decoder.string(&placement.cluster, value)
            case "tags": try decoder.strings(&placement.tags, value)
            case "preferred": decoder.string(&placement.preferred, value)
            default: return false
            }
            return true
        }
        return placement
    }
}

/// A stream that another one takes its messages from.
package struct StreamSource: Sendable, Hashable {
    /// A stream of another account or domain.
    package struct External: Sendable, Hashable {
        package var api = ""
        package var deliver = ""

        var json: JSONValue {
            .object([.init("api", .string(api)), .init("deliver", .string(deliver))])
        }
    }

    /// A consumer that is there already.
    package struct Consumer: Sendable, Hashable {
        package var name = ""
        package var deliverSubject = ""

        var json: JSONValue {
            var members: [JSONValue.Member] = []
            members.addText("name", name)
            members.addText("deliver_subject", deliverSubject)
            return .object(members)
        }
    }

    package var name = ""
    package var startSequence: UInt64 = 0
    package var startTime: GoTime?
    package var filter = ""
    package var transforms: [SubjectTransformRule] = []
    package var external: External?
    package var consumer: Consumer?

    var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name))]
        members.addNumber("opt_start_seq", Int64(clamping: startSequence))
        members.addTime("opt_start_time", startTime)
        members.addText("filter_subject", filter)
        if !transforms.isEmpty { members.append(.init("subject_transforms", .array(transforms.map(\.json)))) }
        if let external { members.append(.init("external", external.json)) }
        if let consumer { members.append(.init("consumer", consumer.json)) }
        return .object(members)
    }

    static func decode(_ decoder: inout RequestDecoder, _ value: JSONValue) throws(RequestProblem) -> Self {
        var source = Self()
        try decoder.object(value, type: "server.StreamSource") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "name": decoder.string(&source.name, value)
            case "opt_start_seq": decoder.integer(&source.startSequence, value, type: "uint64")
            case "opt_start_time": try decoder.time(&source.startTime, value)
            case "filter_subject": decoder.string(&source.filter, value)
            case "subject_transforms":
                try decoder.array(
                    &source.transforms, value, type: "[]server.SubjectTransformConfig", SubjectTransformRule.decode)
            case "external": source.external = value == .null ? nil : try decodeExternal(&decoder, value)
            case "consumer": source.consumer = value == .null ? nil : try decodeConsumer(&decoder, value)
            default: return false
            }
            return true
        }
        return source
    }

    private static func decodeExternal(
        _ decoder: inout RequestDecoder,
        _ value: JSONValue
    ) throws(RequestProblem) -> External {
        var external = External()
        try decoder.object(value, type: "server.ExternalStream") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "api": decoder.string(&external.api, value)
            case "deliver": decoder.string(&external.deliver, value)
            default: return false
            }
            return true
        }
        return external
    }

    private static func decodeConsumer(
        _ decoder: inout RequestDecoder,
        _ value: JSONValue
    ) throws(RequestProblem) -> Consumer {
        var consumer = Consumer()
        try decoder.object(value, type: "server.StreamConsumerSource") { decoder, name, value throws(RequestProblem) in
            switch name {
            case "name": decoder.string(&consumer.name, value)
            case "deliver_subject": decoder.string(&consumer.deliverSubject, value)
            default: return false
            }
            return true
        }
        return consumer
    }
}
