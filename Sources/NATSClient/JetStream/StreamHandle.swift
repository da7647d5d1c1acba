/// One stream of a server: its state, its messages, its consumers.
///
/// ```swift
/// let stream = try await jetStream.stream("EVENTS")
/// print(try await stream.info().state.messages)
/// let last = try await stream.lastMessage(of: "enterprise.line1")
/// try await stream.purge(subject: "enterprise.line2")
/// ```
public struct StreamHandle: Sendable {
    /// The stream's name.
    public let name: String

    /// The way to the server.
    public let jetStream: JetStream

    /// What the server told when this handle was made. ``info()`` asks again.
    public let lastInfo: StreamInfo

    /// What the server tells about the stream now.
    ///
    /// - Parameters:
    ///   - subjects: also tell how many messages each subject has that this filter matches; `>` for all subjects.
    ///   - includesDeleted: also tell the sequences of messages that are gone.
    public func info(subjects: String? = nil, includesDeleted: Bool = false) async throws(JetStreamError)
        -> StreamInfo
    {
        var body = JSONDocument()
        body["subjects_filter"] = subjects
        body["deleted_details"] = includesDeleted ? true : nil
        var info = StreamInfo(document: try await jetStream.request("STREAM.INFO.\(name)", body))
        // Subjects come in pages, each within the answer that tells everything else too.
        guard subjects != nil else { return info }
        var counts = info.state.subjects
        while counts.count < info.document["total", default: 0] {
            body["offset"] = counts.count
            let page = StreamInfo(document: try await jetStream.request("STREAM.INFO.\(name)", body)).state.subjects
            guard !page.isEmpty else { break }
            counts.merge(page) { $1 }
        }
        var state = info.state
        state.document["subjects"] = counts
        info.document["state"] = state
        return info
    }

    /// Removes messages.
    ///
    /// - Parameters:
    ///   - subject: only those whose subjects this matches.
    ///   - sequence: only those before this sequence.
    ///   - keep: leave this many of the last ones. It excludes `sequence`.
    /// - Returns: how many were removed.
    @discardableResult
    public func purge(subject: String? = nil, before sequence: Int? = nil, keep: Int? = nil)
        async throws(JetStreamError) -> Int
    {
        var body = JSONDocument()
        body["filter"] = subject
        body["seq"] = sequence
        body["keep"] = keep
        let answer = try await jetStream.request("STREAM.PURGE.\(name)", body)
        try jetStream.expectSuccess(answer)
        return answer["purged", default: 0]
    }

    /// Removes one message.
    ///
    /// - Parameter erases: also overwrite its bytes, which takes longer.
    public func deleteMessage(_ sequence: Int, erases: Bool = false) async throws(JetStreamError) {
        var body = JSONDocument()
        body["seq"] = sequence
        body["no_erase"] = erases ? nil : true
        try jetStream.expectSuccess(try await jetStream.request("STREAM.MSG.DELETE.\(name)", body))
    }
}
