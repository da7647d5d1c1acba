import NATSSubjects
import NATSWire

/// Requests for lists and for what is in a stream.
extension AccountJetStream {
    private static let namesLimit = 1_024
    private static let listLimit = 256
    private static let subjectsLimit = 100_000

    /// What requests for lists may say.
    private struct ListRequest {
        var offset = 0
        var subject = ""
        var hasDeleted = false
        var subjectsFilter = ""
    }

    private func list(_ request: APIRequest, as type: String, _ fields: Set<String>) throws(JetStreamError)
        -> ListRequest
    {
        var list = ListRequest()
        guard request.hasDocument else { return list }
        try read { () throws(RequestProblem) in
            try RequestDecoder.decode(request.body, as: type, isStrict: settings.isStrict) {
                decoder, name, value throws(RequestProblem) in
                guard fields.contains(name) else { return false }
                switch name {
                case "offset": decoder.integer(&list.offset, value, type: "int")
                case "subject": decoder.string(&list.subject, value)
                case "deleted_details": decoder.bool(&list.hasDeleted, value)
                default: decoder.string(&list.subjectsFilter, value)
                }
                return true
            }
        }
        list.offset = max(0, list.offset)
        return list
    }

    private func page(_ total: Int, _ offset: Int, _ limit: Int) -> [JSONValue.Member] {
        [.init("total", .int(Int64(total))), .init("offset", .int(Int64(offset))), .init("limit", .int(Int64(limit)))]
    }

    /// The streams whose subjects `filter` touches, in order of their names.
    private func streams(matching filter: String) -> [Stream] {
        streams.values.filter { stream in
            filter.isEmpty || stream.configuration.subjects.contains { Subject.collide(filter.utf8, $0.utf8) }
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    func streamNames(_ request: APIRequest) {
        attempt(request, "stream_names", tail: page(0, 0, 0) + [.init("streams", .null)]) { () throws(JetStreamError) in
            let wanted = try list(request, as: "JSApiStreamNamesRequest", ["offset", "subject"])
            let found = streams(matching: wanted.subject).map(\.name)
            let offset = min(wanted.offset, found.count)
            let names = found[offset...].prefix(Self.namesLimit).map { JSONValue.string($0) }
            answer(
                request, "stream_names",
                page(found.count, offset, Self.namesLimit)
                    + [.init("streams", names.isEmpty ? .null : .array(names))])
        }
    }

    func streamList(_ request: APIRequest) {
        attempt(request, "stream_list", tail: page(0, 0, 0) + [.init("streams", .array([]))]) {
            () throws(JetStreamError) in
            let wanted = try list(request, as: "JSApiStreamListRequest", ["offset", "subject"])
            let found = streams(matching: wanted.subject)
            let offset = min(wanted.offset, found.count)
            let infos = found[offset...].prefix(Self.listLimit).map {
                JSONValue.object($0.infoMembers(withVersions: false))
            }
            answer(
                request, "stream_list",
                page(found.count, offset, Self.listLimit) + [.init("streams", .array(infos))])
        }
    }

    func streamInfo(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_info", tail: page(0, 0, 0)) { () throws(JetStreamError) in
            let wanted = try list(
                request, as: "JSApiStreamInfoRequest", ["offset", "deleted_details", "subjects_filter"])
            let stream = try stream(name)
            var head = page(0, 0, 0)
            var subjects: [JSONValue.Member] = []
            if !wanted.subjectsFilter.isEmpty {
                var found: [(String, UInt64)] = []
                stream.report { () throws(StoreError) in
                    found = try stream.store.subjects(matching: SubjectFilter(Array(wanted.subjectsFilter.utf8)))
                        .map { (String(decoding: $0.subject, as: UTF8.self), $0.state.messages) }
                }
                if !found.isEmpty {
                    head = page(found.count, wanted.offset, Self.subjectsLimit)
                    found.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
                    subjects = found.dropFirst(wanted.offset).prefix(Self.subjectsLimit).map {
                        .init($0.0, .int(Int64(clamping: $0.1)))
                    }
                }
            }
            answer(
                request, "stream_info",
                head + stream.infoMembers(withLeader: true, withDeleted: wanted.hasDeleted, subjects: subjects))
        }
    }

    func consumerNames(_ request: APIRequest, _ name: String) {
        attempt(request, "consumer_names", tail: page(0, 0, 0) + [.init("consumers", .array([]))]) {
            () throws(JetStreamError) in
            let (found, offset) = try consumers(request, name)
            let names = found[offset...].prefix(Self.namesLimit).map { JSONValue.string($0.name) }
            answer(
                request, "consumer_names",
                page(found.count, offset, Self.namesLimit) + [.init("consumers", .array(names))])
        }
    }

    func consumerList(_ request: APIRequest, _ name: String) {
        attempt(request, "consumer_list", tail: page(0, 0, 0) + [.init("consumers", .array([]))]) {
            () throws(JetStreamError) in
            let (found, offset) = try consumers(request, name)
            let infos = found[offset...].prefix(Self.listLimit).map {
                JSONValue.object($0.infoMembers(withVersions: false))
            }
            answer(
                request, "consumer_list",
                page(found.count, offset, Self.listLimit) + [.init("consumers", .array(infos))])
        }
    }

    private func consumers(
        _ request: APIRequest,
        _ name: String
    ) throws(JetStreamError) -> (consumers: [Consumer], offset: Int) {
        let wanted = try list(request, as: "JSApiConsumersRequest", ["offset"])
        let found = try stream(name).consumers.values.filter { !$0.configuration.isDirect }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return (found, min(wanted.offset, found.count))
    }

    // MARK: Messages

    func purgeStream(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_purge", tail: [.init("purged", 0)]) { () throws(JetStreamError) in
            var purge = PurgeRequest()
            if request.hasDocument {
                try read { () throws(RequestProblem) in
                    try RequestDecoder.decode(
                        request.body, as: "JSApiStreamPurgeRequest", isStrict: settings.isStrict
                    ) { decoder, name, value throws(RequestProblem) in
                        switch name {
                        case "seq": decoder.integer(&purge.sequence, value, type: "uint64")
                        case "filter": decoder.string(&purge.filter, value)
                        case "keep": decoder.integer(&purge.keep, value, type: "uint64")
                        default: return false
                        }
                        return true
                    }
                }
                if purge.sequence > 0 && purge.keep > 0 { throw JetStreamError(.badRequest) }
            }
            let stream = try stream(name)
            if stream.configuration.isSealed { throw JetStreamError(.streamSealed) }
            if stream.configuration.deniesPurge {
                throw JetStreamError(.streamPurgeFailed, "stream purge not permitted")
            }
            let purged: Int
            do throws(StoreError) {
                purged = try stream.purge(purge)
            } catch {
                throw JetStreamError(.streamGeneral, error.words)
            }
            answer(request, "stream_purge", [.init("success", true), .init("purged", .int(Int64(purged)))])
        }
    }

    func getMessage(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_msg_get") { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            let wanted = try read { () throws(RequestProblem) in
                try MessageRequest(request.body, isStrict: settings.isStrict)
            }
            let asksForNothing =
                wanted.sequence == 0 && wanted.lastFor.isEmpty && wanted.nextFor.isEmpty
                && wanted.startTime == nil
            if wanted.batch > 0 || wanted.maxBytes > 0 || asksForNothing || wanted.contradictsItself {
                throw JetStreamError(.badRequest)
            }
            let stream = try stream(name)
            guard let message = find(wanted, in: stream) else { throw JetStreamError(.noMessageFound) }
            var members: [JSONValue.Member] = [
                .init("subject", .string(String(decoding: message.subject, as: UTF8.self))),
                .init("seq", .int(Int64(clamping: message.sequence))),
            ]
            if !wanted.isWithoutHeaders { members.addText("hdrs", Base64.text(message.header)) }
            members.addText("data", Base64.text(message.body))
            members.append(.init("time", .string(GoTime(nanoseconds: message.timestamp).text)))
            // Messages are not counted as requests.
            host.send(to: request.reply, body: answerBody("stream_msg_get", [.init("message", .object(members))]))
        }
    }

    private func find(_ wanted: MessageRequest, in stream: Stream) -> StoredMessage? {
        var message: StoredMessage?
        stream.report { () throws(StoreError) in
            var sequence = wanted.sequence
            if let time = wanted.startTime { sequence = try stream.store.sequence(at: time.nanoseconds) }
            if !wanted.nextFor.isEmpty {
                let filter = SubjectFilter(Array(wanted.nextFor.utf8))
                message = try stream.store.withNext(from: sequence, matching: [filter]) { $0.message }
            } else if sequence > 0 {
                message = try stream.store.message(sequence)
            } else {
                message = try stream.last(on: wanted.lastFor)
            }
        }
        return message
    }

    func deleteMessage(_ request: APIRequest, _ name: String) {
        attempt(request, "stream_msg_delete") { () throws(JetStreamError) in
            if request.isEmpty { throw JetStreamError(.badRequest) }
            var sequence: UInt64 = 0
            var isSoft = false
            try read { () throws(RequestProblem) in
                try RequestDecoder.decode(request.body, as: "JSApiMsgDeleteRequest", isStrict: settings.isStrict) {
                    decoder, name, value throws(RequestProblem) in
                    switch name {
                    case "seq": decoder.integer(&sequence, value, type: "uint64")
                    case "no_erase": decoder.bool(&isSoft, value)
                    default: return false
                    }
                    return true
                }
            }
            let stream = try stream(name)
            if stream.configuration.isSealed { throw JetStreamError(.streamSealed) }
            if stream.configuration.deniesDelete {
                throw JetStreamError(.streamMsgDeleteFailed, "message delete not permitted")
            }
            // A sequence that is not there is an answer like any other to nats-server, which does not count it as a failure.
            var members: [JSONValue.Member] = [.init("success", true)]
            do throws(StoreError) {
                let isInFiles = stream.configuration.storage == .file
                if isInFiles && sequence > stream.lastSequence {
                    members = [.init("error", JetStreamError(.streamMsgDeleteFailed, "stream store EOF").json)]
                } else if isInFiles && sequence < stream.store.state.firstSequence {
                    members = [.init("error", JetStreamError(.streamMsgDeleteFailed, "no message found").json)]
                } else if try !stream.delete(sequence, secure: !isSoft) {
                    members = [.init("error", JetStreamError(.sequenceNotFound, String(sequence)).json)]
                }
            } catch {
                members = [.init("error", JetStreamError(.streamMsgDeleteFailed, error.words).json)]
            }
            answer(request, "stream_msg_delete", members)
        }
    }
}

/// RFC 4648, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            let bits = piece.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - piece.count))
            for index in 0..<4 {
                let isPadding = index > piece.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
