import GoFormats

/// Turns the tree of a configuration file into ``ServerOptions``, collecting every problem in nats-server's words.
///
/// nats-server walks its maps in random order, so that where two fields contradict each other, which of them it blames
/// changes from run to run; here fields are taken in the order of the file.
struct OptionsDecoder {
    var options = ServerOptions()
    var errors: [ConfigProblem] = []
    var warnings: [ConfigProblem] = []
    let missing: Set<UnsupportedFeature>
    /// Where the files that options name are looked at.
    let source: ConfigSource
    /// The names and keys of all users so far, which must differ.
    var userNames: Set<String> = []

    init(missing: Set<UnsupportedFeature>, source: ConfigSource) {
        self.missing = missing
        self.source = source
    }

    /// Decodes a whole file.
    mutating func decode(_ document: ConfigDocument) {
        options.configFile = document.file
        if document.root.fields.isEmpty {
            warnings.append(ConfigProblem("\(document.file): config has no values or is empty", at: nil))
        }
        attempt { decoder throws(ConfigProblem) in
            try decoder.systemAccount(of: document.root)
        }
        for field in document.root.fields {
            let setting = Setting(field)
            attempt { decoder throws(ConfigProblem) in
                try decoder.topLevel(setting)
            }
        }
    }

    /// Runs a part of the decoding; what it throws ends that part alone.
    mutating func attempt(_ part: (inout OptionsDecoder) throws(ConfigProblem) -> Void) {
        do {
            try part(&self)
        } catch {
            errors.append(error)
        }
    }

    /// Records that the file asks for something that the broker does not have.
    mutating func require(_ feature: UnsupportedFeature, at position: ConfigPosition?) {
        guard missing.contains(feature) else { return }
        options.unsupported.append(ConfigProblem(feature.message, at: position))
    }

    /// A field that nobody knows; one that serves as a variable is fine.
    mutating func unknown(_ setting: Setting) {
        guard !setting.isReferenced else { return }
        errors.append(setting.problem("unknown field \(GoText.quoted(setting.key))"))
    }

    private mutating func systemAccount(of root: ConfigMap) throws(ConfigProblem) {
        guard let field = root["system_account"] ?? root["system"] else { return }
        guard case .string(let name) = field.value.content else {
            throw Setting(field).problem("system account name must be a string")
        }
        options.systemAccount = name
    }

    /// One field of the file's top level, each group of fields being asked in turn.
    private mutating func topLevel(_ setting: Setting) throws(ConfigProblem) {
        if let feature = UnsupportedFeature.sections[setting.name] {
            require(feature, at: setting.position)
            return
        }
        if try network(setting) { return }
        if try identity(setting) { return }
        if try limit(setting) { return }
        if try timing(setting) { return }
        if try log(setting) { return }
        if try section(setting) { return }
        unknown(setting)
    }

    /// The blocks. Returns false for a field that is none.
    private mutating func section(_ setting: Setting) throws(ConfigProblem) -> Bool {
        switch setting.name {
        case "accounts": try accounts(setting)
        case "authorization": try authorization(setting)
        case "mappings", "maps":
            options.mappings = try mappings(setting)
        case "jetstream": try jetStream(setting)
        case "store_dir", "storedir":
            guard options.jetStream.storeDirectory.isEmpty else {
                throw setting.problem("Duplicate 'store_dir' configuration")
            }
            options.jetStream.storeDirectory = try setting.string()
        case "default_js_domain":
            guard let fields = setting.fieldsIfMap else {
                throw setting.problem("error default_js_domain config: unsupported type \(setting.typeName)")
            }
            for field in fields {
                options.defaultJetStreamDomains[field.key] = try field.string()
            }
        case "tls":
            options.tls = try tls(setting)
        case "websocket", "ws":
            try websocket(setting)
        case "proxies":
            require(.proxies, at: setting.position)
            try proxies(setting)
        case "feature_flags": try featureFlags(setting)
        default: return false
        }
        return true
    }

    private mutating func proxies(_ setting: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("expected proxies to be a map/struct, got \(setting.typeName)")
        }
        for field in fields {
            guard field.name == "trusted" else {
                unknown(field)
                continue
            }
            guard let entries = field.elementsIfArray else {
                errors.append(
                    field.problem("expected proxies' trusted field to be an array, got \(field.typeName)")
                )
                continue
            }
            for entry in entries {
                attempt { decoder throws(ConfigProblem) in
                    try decoder.trustedProxy(entry)
                }
            }
        }
    }

    private mutating func trustedProxy(_ entry: Setting) throws(ConfigProblem) {
        guard let fields = entry.fieldsIfMap else {
            throw entry.problem("expected proxies' trusted entry to be a map/struct, got \(entry.typeName)")
        }
        for field in fields {
            switch field.name {
            case "key", "public_key":
                let key = try field.string()
                guard NKey.kind(of: key) != nil else {
                    errors.append(field.problem("invalid proxy key \(GoText.quoted(key))"))
                    continue
                }
                options.trustedProxies.append(key)
            default:
                unknown(field)
            }
        }
    }

    private mutating func featureFlags(_ setting: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("error parsing feature flags: unsupported type \(setting.typeName)")
        }
        for field in fields {
            guard case .bool(let flag) = field.content else {
                throw field.problem(
                    "error parsing feature flag \(GoText.quoted(field.key)): expected bool, got \(field.typeName)"
                )
            }
            options.featureFlags[field.key] = flag
        }
    }
}
