import GoFormats

/// What an account offers to others.
extension OptionsDecoder {
    mutating func exports(_ setting: Setting) throws(ConfigProblem) -> [ExportOptions] {
        guard let entries = setting.elementsIfArray else {
            throw setting.problem("Exports should be an array, got \(setting.typeName)")
        }
        var exports: [ExportOptions] = []
        for entry in entries {
            attempt { decoder throws(ConfigProblem) in
                if let export = try decoder.export(entry) { Self.add(export, to: &exports) }
            }
        }
        return exports
    }

    /// Adds an export. Of one that is there already, nats-server keeps what the new one does not speak of.
    private static func add(_ export: ExportOptions, to exports: inout [ExportOptions]) {
        let index = exports.firstIndex { $0.kind == export.kind && $0.subject == export.subject }
        guard let index else {
            exports.append(export)
            return
        }
        let earlier = exports[index]
        var merged = export
        if let accounts = earlier.accounts { merged.accounts = accounts + (export.accounts ?? []) }
        if export.accountTokenPosition == 0 { merged.accountTokenPosition = earlier.accountTokenPosition }
        if export.responseType == .singleton { merged.responseType = earlier.responseType }
        merged.latency = export.latency ?? earlier.latency
        merged.allowTrace = export.allowTrace || earlier.allowTrace
        exports[index] = merged
    }

    /// An export whose fields may come in any order, while it is read.
    private struct Draft {
        var stream: String?
        var service: String?
        var response: ExportOptions.ResponseType?
        var threshold: Duration?
        var latency: ExportOptions.Latency?
        var accounts: [String]?
        var accountTokenPosition = 0
        var allowTrace = false
        /// The first field of each kind that only a service may have.
        var responseSetting: Setting?
        var latencySetting: Setting?
        var traceSetting: Setting?
        var thresholdSetting: Setting?

        /// The export, once all fields are read.
        var export: ExportOptions? {
            var export: ExportOptions
            if let service {
                export = ExportOptions(.service, subject: service)
                export.responseType = response ?? .singleton
                export.responseThreshold = threshold
                export.latency = latency
                export.allowTrace = allowTrace
            } else if let stream {
                export = ExportOptions(.stream, subject: stream)
            } else {
                return nil
            }
            export.accounts = accounts
            export.accountTokenPosition = accountTokenPosition
            return export
        }
    }

    private mutating func export(_ entry: Setting) throws(ConfigProblem) -> ExportOptions? {
        guard let fields = entry.fieldsIfMap else {
            throw entry.problem("Export Items should be a map with type entry, got \(entry.typeName)")
        }
        var draft = Draft()
        for field in fields {
            switch field.name {
            case "accounts": draft.accounts = (draft.accounts ?? []) + (try field.strings())
            case "account_token_position": draft.accountTokenPosition = try field.int()
            case "allow_trace":
                draft.traceSetting = field
                draft.allowTrace = try field.bool()
                if draft.stream != nil {
                    errors.append(field.problem("Detected allow_trace directive on non-service"))
                }
            default:
                attempt { decoder throws(ConfigProblem) in
                    try decoder.exportField(field, of: &draft)
                }
            }
        }
        return draft.export
    }

    private mutating func exportField(_ field: Setting, of draft: inout Draft) throws(ConfigProblem) {
        switch field.name {
        case "stream": try exportedStream(field, of: &draft)
        case "service":
            guard draft.stream == nil else {
                let shown = GoText.quoted(GoText.described(field.content))
                throw field.problem("Detected service \(shown) but already saw a stream")
            }
            guard case .string(let subject) = field.content else {
                throw field.problem("Expected service name to be string, got \(field.typeName)")
            }
            draft.service = subject
        case "response", "response_type": try responseType(field, of: &draft)
        case "threshold", "response_threshold", "response_max_time", "response_time":
            try responseThreshold(field, of: &draft)
        case "latency":
            draft.latencySetting = field
            draft.latency = try latency(field)
            guard draft.stream == nil else {
                throw field.problem("Detected latency directive on non-service")
            }
        default: unknown(field)
        }
    }

    private func exportedStream(_ field: Setting, of draft: inout Draft) throws(ConfigProblem) {
        guard draft.service == nil else {
            let shown = GoText.quoted(GoText.described(field.content))
            throw field.problem("Detected stream \(shown) but already saw a service")
        }
        // nats-server misses a threshold that it happens to read before the stream.
        if let setting = draft.responseSetting ?? draft.thresholdSetting {
            throw setting.problem("Detected response directive on non-service")
        }
        if let setting = draft.latencySetting {
            throw setting.problem("Detected latency directive on non-service")
        }
        if let setting = draft.traceSetting {
            throw setting.problem("Detected allow_trace directive on non-service")
        }
        guard case .string(let subject) = field.content else {
            throw field.problem("Expected stream name to be string, got \(field.typeName)")
        }
        draft.stream = subject
    }

    private func responseType(_ field: Setting, of draft: inout Draft) throws(ConfigProblem) {
        guard draft.responseSetting == nil else {
            throw field.problem("Duplicate response type definition")
        }
        draft.responseSetting = field
        guard case .string(let name) = field.content else {
            throw field.problem("Expected response type to be string, got \(field.typeName)")
        }
        switch name.lowercased() {
        case "single", "singleton": draft.response = .singleton
        case "stream": draft.response = .streamed
        case "chunk", "chunked": draft.response = .chunked
        default: throw field.problem("Unknown response type: \(GoText.quoted(name))")
        }
        guard draft.stream == nil else {
            throw field.problem("Detected response directive on non-service")
        }
    }

    private func responseThreshold(_ field: Setting, of draft: inout Draft) throws(ConfigProblem) {
        guard draft.thresholdSetting == nil else {
            throw field.problem("Duplicate response threshold detected")
        }
        draft.thresholdSetting = field
        let expected = "Expected response threshold to be a parseable time duration, got "
        guard case .string(let text) = field.content else {
            throw field.problem(expected + field.typeName)
        }
        do {
            draft.threshold = try GoDuration.parse(text)
        } catch {
            throw field.problem(expected + GoText.quoted(text))
        }
        guard draft.stream == nil else {
            throw field.problem("Detected response directive on non-service")
        }
    }

    private func latency(_ setting: Setting) throws(ConfigProblem) -> ExportOptions.Latency {
        if case .string(let subject) = setting.content {
            return ExportOptions.Latency(subject: subject, sampling: 100)
        }
        guard case .map(let map) = setting.content else {
            throw setting.problem("Expected latency entry to be a map/struct or string, got \(setting.typeName)")
        }
        let sampling = try map["sampling"].map { field throws(ConfigProblem) in try latencySampling(Setting(field)) }
        guard let field = map["subject"] else {
            throw setting.problem("Latency subject required, but missing")
        }
        guard case .string(let subject) = field.value.content else {
            throw Setting(field).problem("Expected latency subject to be a string, got string")
        }
        return ExportOptions.Latency(subject: subject, sampling: sampling ?? 100)
    }

    /// Percent, or 0 for requests that ask for it in a header.
    private func latencySampling(_ field: Setting) throws(ConfigProblem) -> Int {
        let percent: Int
        switch field.content {
        case .integer(let number):
            percent = Int(number)
        case .string(let text):
            if text.filter({ !$0.isWhitespace }).lowercased() == "headers" {
                return 0
            }
            let digits = text.withoutPercentSign
            guard let number = Int(digits) else {
                throw field.problem(
                    "Failed to parse latency sample: strconv.Atoi: parsing \(GoText.quoted(digits)): invalid syntax"
                )
            }
            percent = number
        default:
            throw field.problem("Expected latency sample to be a string or map/struct, got \(field.typeName)")
        }
        guard 1...100 ~= percent else {
            throw field.problem("bad sampling percentage, should be 1-100")
        }
        return percent
    }
}
