import GoFormats

/// What an account takes from others.
extension OptionsDecoder {
    mutating func imports(_ setting: Setting) throws(ConfigProblem) -> [ImportOptions] {
        guard let entries = setting.elementsIfArray else {
            throw setting.problem("Imports should be an array, got \(setting.typeName)")
        }
        var imports: [ImportOptions] = []
        for entry in entries {
            attempt { decoder throws(ConfigProblem) in
                guard let item = try decoder.importItem(entry) else { return }
                let earlier = imports.first {
                    $0.kind == .service && item.kind == .service && $0.to == item.to && $0.account == item.account
                }
                if let earlier {
                    throw entry.problem(
                        "Duplicate service import subject \(GoText.quoted(item.to)), previously used in import for "
                            + "account \(GoText.quoted(earlier.account)), subject \(GoText.quoted(earlier.subject))"
                    )
                }
                imports.append(item)
            }
        }
        return imports
    }

    /// An import whose fields may come in any order, while it is read.
    private struct Draft {
        var item: ImportOptions?
        var prefix = ""
        var to = ""
        var share = false
        var allowTrace = false
        var toSetting: Setting?
        var traceSetting: Setting?
    }

    private mutating func importItem(_ entry: Setting) throws(ConfigProblem) -> ImportOptions? {
        guard let fields = entry.fieldsIfMap else {
            throw entry.problem("Import Items should be a map with type entry, got \(entry.typeName)")
        }
        var draft = Draft()
        for field in fields {
            switch field.name {
            case "stream", "service":
                attempt { decoder throws(ConfigProblem) in
                    draft.item = try decoder.imported(field, given: draft) ?? draft.item
                }
            case "prefix": draft.prefix = try field.string()
            case "to":
                draft.to = try field.string()
                draft.toSetting = field
            case "share": draft.share = try field.bool()
            case "allow_trace":
                guard draft.item?.kind != .service else {
                    errors.append(field.problem("Detected allow_trace directive on a non-stream"))
                    continue
                }
                draft.allowTrace = try field.bool()
                draft.traceSetting = field
            default: unknown(field)
            }
        }
        guard var item = draft.item else { return nil }
        item.to = draft.to
        if item.kind == .service {
            item.to = draft.to.isEmpty ? item.subject : draft.to
            item.share = draft.share
        } else {
            // nats-server misses this when it happens to read the fields in another order.
            if let setting = draft.toSetting, !draft.prefix.isEmpty {
                errors.append(setting.problem("Stream import can not have a 'prefix' and a 'to' property"))
            }
            item.prefix = draft.prefix
            item.allowTrace = draft.allowTrace
        }
        return item
    }

    private mutating func imported(_ field: Setting, given draft: Draft) throws(ConfigProblem) -> ImportOptions? {
        let kind: ExportOptions.Kind = field.name == "stream" ? .stream : .service
        if let item = draft.item, item.kind != kind {
            throw field.problem("Detected \(kind) but already saw a \(item.kind)")
        }
        if kind == .service, let setting = draft.traceSetting {
            throw setting.problem("Detected allow_trace directive on a non-stream")
        }
        guard let fields = field.fieldsIfMap else {
            let name = kind == .stream ? "Stream" : "Service"
            throw field.problem("\(name) entry should be an account map, got \(field.typeName)")
        }
        var account = ""
        var subject = ""
        attempt { decoder throws(ConfigProblem) in
            for part in fields {
                switch part.name {
                case "account": account = try part.string()
                case "subject": subject = try part.string()
                default: decoder.unknown(part)
                }
            }
        }
        guard !account.isEmpty, !subject.isEmpty else {
            throw field.problem("Expect an account name and a subject")
        }
        return ImportOptions(kind, account: account, subject: subject)
    }
}
