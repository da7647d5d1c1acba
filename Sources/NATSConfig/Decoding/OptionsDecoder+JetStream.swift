import GoFormats

/// The `jetstream` blocks of the server and of accounts.
extension OptionsDecoder {
    mutating func jetStream(_ setting: Setting) throws(ConfigProblem) {
        options.jetStream.position = setting.position
        switch setting.content {
        case .bool(let isEnabled):
            options.jetStream.isEnabled = isEnabled
        case .string(let text):
            options.jetStream.isEnabled = try isEnabled(text, at: setting)
        case .map:
            var isEnabled = true
            for field in try setting.fields() {
                if ["enable", "enabled"].contains(field.name) {
                    isEnabled = try field.blaming(setting).bool()
                } else if try !jetStreamSize(field), try !jetStreamField(field, of: setting) {
                    unknown(field)
                }
            }
            options.jetStream.isEnabled = isEnabled
        default:
            throw setting.problem("Expected map, bool or string to define JetStream, got \(setting.typeName)")
        }
    }

    private func isEnabled(_ text: String, at setting: Setting) throws(ConfigProblem) -> Bool {
        switch text.lowercased() {
        case "enabled", "enable": return true
        case "disabled", "disable": return false
        default:
            throw setting.problem("Expected 'enabled' or 'disabled' for string value, got '\(text)'")
        }
    }

    /// The fields that are sizes or counts. Returns false for any other.
    private mutating func jetStreamSize(_ field: Setting) throws(ConfigProblem) -> Bool {
        switch field.name {
        case "max_memory_store", "max_mem_store", "max_mem":
            options.jetStream.maxMemory = try storageSize(field, called: "max_mem_store")
        case "max_file_store", "max_file":
            options.jetStream.maxStore = try storageSize(field, called: "max_file_store")
        case "max_outstanding_catchup":
            options.jetStream.maxOutstandingCatchup = try storageSize(field, called: field.name)
        case "max_buffered_size":
            options.jetStream.maxBufferedSize = try storageSize(field, called: field.name)
        case "max_buffered_msgs":
            options.jetStream.maxBufferedMessages = Int(try parseableSize(field))
        case "request_queue_limit":
            options.jetStream.requestQueueLimit = try parseableSize(field)
        case "info_queue_limit":
            options.jetStream.infoQueueLimit = try parseableSize(field)
        case "meta_compact":
            guard case .integer(let size) = field.content, size >= 0 else { throw notAbsolute(field) }
            options.jetStream.metaCompact = size
        case "meta_compact_size":
            let size = try storageSize(field, called: field.name)
            guard size >= 0 else { throw notAbsolute(field) }
            options.jetStream.metaCompactSize = size
        case "max_concurrent_io":
            guard case .integer(let count) = field.content, 4...8192 ~= count else {
                throw notAbsolute(field, " between 4 and 8192")
            }
            options.jetStream.maxConcurrentIO = Int(count)
        default: return false
        }
        return true
    }

    private func notAbsolute(_ field: Setting, _ range: String = "") -> ConfigProblem {
        let shown = GoText.described(field.content)
        return field.problem("Expected an absolute size for \(GoText.quoted(field.key))\(range), got \(shown)")
    }

    /// The other fields. Returns false for one that isn't known. nats-server blames the block for a value of a wrong type.
    private mutating func jetStreamField(_ field: Setting, of block: Setting) throws(ConfigProblem) -> Bool {
        switch field.name {
        case "strict":
            guard case .bool(let strict) = field.content else {
                // nats-server formats any value as if it were a string, which shows.
                let shown = GoText.formattedAsString(field.content)
                throw field.problem("Expected 'true' or 'false' for bool value, got '\(shown)'")
            }
            options.jetStream.strict = strict
        case "store", "store_dir", "storedir":
            guard options.jetStream.storeDirectory.isEmpty else {
                throw field.problem("Duplicate 'store_dir' configuration")
            }
            options.jetStream.storeDirectory = try field.blaming(block).string()
        case "sync", "sync_interval":
            if case .string(let text) = field.content, text.lowercased() == "always" {
                options.jetStream.syncAlways = true
            } else {
                do {
                    options.jetStream.syncInterval = try duration(field, field: field.key)
                } catch {
                    throw block.problem(error.message)
                }
            }
        case "domain": options.jetStream.domain = try field.blaming(block).string()
        case "key", "ek", "encryption_key": options.jetStream.key = try field.blaming(block).string()
        case "prev_key", "prev_ek", "prev_encryption_key":
            options.jetStream.previousKey = try field.blaming(block).string()
        case "cipher": options.jetStream.cipher = try cipher(field, of: block)
        case "extension_hint": options.jetStream.extensionHint = try field.blaming(block).string()
        case "unique_tag": options.jetStream.uniqueTag = try field.blaming(block).string().lowercased()
        case "meta_compact_sync": options.jetStream.metaCompactSync = try field.blaming(block).bool()
        case "limits": try jetStreamLimits(field, of: block)
        case "tpm": try trustedPlatformModule(field, of: block)
        default: return false
        }
        return true
    }

    private func cipher(_ field: Setting, of block: Setting) throws(ConfigProblem) -> JetStreamOptions.Cipher {
        let name = try field.blaming(block).string()
        switch name.lowercased() {
        case "chacha", "chachapoly": return .chacha
        case "aes": return .aes
        default: throw field.problem("Unknown cipher type: \(GoText.quoted(name))")
        }
    }

    private mutating func jetStreamLimits(_ setting: Setting, of block: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("Expected a map to define JetStreamLimits, got \(setting.typeName)")
        }
        for field in fields {
            let blamed = field.blaming(block)
            switch field.name {
            case "max_ack_pending": options.jetStream.limits.maxAckPending = try blamed.int()
            case "max_ha_assets": options.jetStream.limits.maxHAAssets = try blamed.int()
            case "max_request_batch": options.jetStream.limits.maxRequestBatch = try blamed.int()
            case "duplicate_window": options.jetStream.limits.duplicateWindow = try placelessDuration(blamed)
            case "batch": try batchLimits(field, of: block)
            default: unknown(field)
            }
        }
    }

    private mutating func batchLimits(_ setting: Setting, of block: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("Expected a map to define batch limits, got \(setting.typeName)")
        }
        for field in fields {
            let blamed = field.blaming(block)
            switch field.name {
            case "max_inflight_per_stream": options.jetStream.limits.maxBatchInflightPerStream = try blamed.int()
            case "max_inflight_total": options.jetStream.limits.maxBatchInflightTotal = try blamed.int()
            case "max_msgs": options.jetStream.limits.maxBatchSize = try blamed.int()
            case "timeout": options.jetStream.limits.batchTimeout = try placelessDuration(blamed)
            default: unknown(field)
            }
        }
    }

    private mutating func placelessDuration(_ field: Setting) throws(ConfigProblem) -> Duration? {
        let text = try field.string()
        do {
            return try GoDuration.parse(text)
        } catch {
            errors.append(field.placeless(error.message))
            return nil
        }
    }

    /// Keys kept in a TPM chip, which only nats-server on Windows can use: checked, and then of no effect.
    private mutating func trustedPlatformModule(_ setting: Setting, of block: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("Expected a map to define JetStreamLimits, got \(setting.typeName)")
        }
        for field in fields {
            switch field.name {
            case "keys_file", "encryption_password", "srk_password": _ = try field.blaming(block).string()
            case "pcr": _ = try field.blaming(block).int()
            case "cipher": options.jetStream.cipher = try cipher(field, of: block)
            default: unknown(field)
            }
        }
    }

    // MARK: Sizes

    /// A number of bytes, or a string such as `10G`.
    private func storageSize(_ field: Setting, called name: String) throws(ConfigProblem) -> Int64 {
        switch field.content {
        case .integer(let size):
            return size
        case .string(let text):
            guard let suffix = text.last else { return 0 }
            let digits = String(text.dropLast())
            guard let number = Int64(digits) else {
                let quoted = GoText.quoted(digits)
                throw field.problem("\(name) strconv.ParseInt: parsing \(quoted): invalid syntax")
            }
            guard let power = ["K": 10, "M": 20, "G": 30, "T": 40][suffix] else {
                throw field.problem("\(name) sizes defined as strings must end in K, M, G, T")
            }
            return number &* (Int64(1) << Int64(power))
        default:
            throw field.problem("\(name) must be int64 or string")
        }
    }

    private func parseableSize(_ field: Setting) throws(ConfigProblem) -> Int64 {
        guard case .integer(let size) = field.content else {
            let shown = GoText.described(field.content)
            throw field.problem("Expected a parseable size for \(GoText.quoted(field.key)), got \(shown)")
        }
        return size
    }

    // MARK: Accounts

    /// Nil when the account has no JetStream.
    mutating func accountJetStream(_ setting: Setting) throws(ConfigProblem) -> JetStreamAccountOptions? {
        switch setting.content {
        case .bool(let isEnabled):
            return isEnabled ? JetStreamAccountOptions() : nil
        case .string(let text):
            do {
                return try isEnabled(text, at: setting) ? JetStreamAccountOptions() : nil
            } catch {
                throw setting.placeless(error.message)
            }
        case .map:
            var limits = JetStreamAccountOptions()
            for field in try setting.fields() {
                try accountJetStreamField(field, of: &limits)
            }
            return limits
        default:
            throw setting.placeless(
                "Expected map, bool or string to define JetStream, got \(setting.typeName)"
            )
        }
    }

    private mutating func accountJetStreamField(
        _ field: Setting,
        of limits: inout JetStreamAccountOptions
    ) throws(ConfigProblem) {
        switch field.name {
        case "max_memory", "max_mem", "mem", "memory": limits.maxMemory = try parseableSize(field)
        case "max_store", "max_file", "max_disk", "store", "disk": limits.maxStore = try parseableSize(field)
        case "max_streams", "streams": limits.maxStreams = Int(try parseableSize(field))
        case "max_consumers", "consumers": limits.maxConsumers = Int(try parseableSize(field))
        case "max_ack_pending": limits.maxAckPending = Int(try parseableSize(field))
        case "mem_max_stream_bytes", "memory_max_stream_bytes":
            limits.memoryMaxStreamBytes = try parseableSize(field)
        case "disk_max_stream_bytes", "store_max_stream_bytes":
            limits.storeMaxStreamBytes = try parseableSize(field)
        case "max_bytes_required", "max_stream_bytes", "max_bytes":
            guard case .bool(let required) = field.content else {
                let shown = GoText.described(field.content)
                throw field.problem("Expected a parseable bool for \(GoText.quoted(field.key)), got \(shown)")
            }
            limits.maxBytesRequired = required
        case "cluster_traffic":
            let shown = "\(GoText.quoted(field.key)), got \(GoText.described(field.content))"
            guard case .string(let owner) = field.content else {
                throw field.problem("Expected either 'system' or 'owner' string value for \(shown)")
            }
            guard ["system", "owner", ""].contains(owner) else {
                throw field.problem("Expected 'system' or 'owner' string value for \(shown)")
            }
            limits.ownsClusterTraffic = owner == "owner"
        default: unknown(field)
        }
    }
}
