import GoFormats

/// The `authorization` block and the `users` of an account.
extension OptionsDecoder {
    /// Users as they are read, before they get their account.
    struct Users {
        var named: [UserOptions] = []
        var keyed: [NKeyUserOptions] = []
        var isDefined = false

        /// Gives users without permissions of their own the default ones.
        mutating func apply(_ permissions: PermissionOptions?) {
            guard let permissions else { return }
            for index in named.indices where named[index].permissions == nil {
                named[index].permissions = permissions
            }
            for index in keyed.indices where keyed[index].permissions == nil {
                keyed[index].permissions = permissions
            }
        }
    }

    mutating func authorization(_ setting: Setting) throws(ConfigProblem) {
        var authorization = AuthorizationOptions()
        var users = Users()
        for field in try setting.fields() {
            switch field.name {
            case "user", "username": authorization.user = try field.string()
            case "pass", "password": authorization.password = try field.string()
            case "token": authorization.token = try field.string()
            case "timeout": authorization.timeout = try authorizationTimeout(field)
            case "users":
                attempt { decoder throws(ConfigProblem) in
                    users = try decoder.users(field)
                }
            case "default_permission", "default_permissions", "permissions":
                attempt { decoder throws(ConfigProblem) in
                    authorization.defaultPermissions = try decoder.permissions(field)
                }
            case "auth_callout", "auth_hook":
                require(.authCallout, at: field.position)
            case "proxy_required":
                authorization.proxyRequired = try field.bool()
            default:
                unknown(field)
            }
        }
        users.apply(authorization.defaultPermissions)
        options.authorization = authorization
        try admit(users, of: authorization, at: setting)
    }

    private mutating func authorizationTimeout(_ field: Setting) throws(ConfigProblem) -> Double {
        let seconds = try timeout(field, in: "authorization config")
        if seconds > 60 {
            let number = "\(GoText.described(field.content)) (\(sixDecimals(seconds)) seconds)"
            warnings.append(
                field.problem(
                    "invalid use of field \(GoText.quoted(field.key)): timeout of \(number) is high, "
                        + "consider keeping it under 60 seconds. possibly caused by unquoted duration; "
                        + "use '1m' instead of 1m, for example"
                )
            )
        }
        return seconds
    }

    /// Seconds, from a number or a duration.
    func timeout(_ field: Setting, in block: String) throws(ConfigProblem) -> Double {
        switch field.content {
        case .integer(let seconds): return Double(seconds)
        case .float(let seconds): return seconds
        case .string:
            let (seconds, attoseconds) = try field.duration(orFailWith: "error parsing \(block), 'timeout' ").components
            return Double(seconds) + Double(attoseconds) / 1e18
        default: throw field.problem("error parsing \(block), 'timeout' wrong type")
        }
    }

    private func sixDecimals(_ number: Double) -> String {
        guard let millionths = Int64(exactly: (number * 1e6).rounded()) else { return "\(number)" }
        let fraction = String(millionths % 1_000_000 + 1_000_000).dropFirst()
        return "\(millionths / 1_000_000).\(fraction)"
    }

    /// Checks that the ways to authenticate don't contradict each other, and takes in the users.
    private mutating func admit(
        _ users: Users,
        of authorization: AuthorizationOptions,
        at setting: Setting
    ) throws(ConfigProblem) {
        if !authorization.user.isEmpty || !authorization.password.isEmpty, !authorization.token.isEmpty {
            throw setting.problem("Cannot have a user/pass and token")
        }
        if users.isDefined || !userNames.isEmpty {
            guard authorization.user.isEmpty else {
                throw setting.problem("Can not have a single user/pass and a users array")
            }
            guard authorization.token.isEmpty else {
                throw setting.problem("Can not have a token and a users array")
            }
            for user in users.named where !userNames.insert(user.name).inserted {
                throw setting.problem("Duplicate user \(GoText.quoted(user.name)) detected")
            }
            options.users += users.named
        }
        for user in users.keyed where !userNames.insert(user.nkey).inserted {
            throw setting.problem("Duplicate nkey \(GoText.quoted(user.nkey)) detected")
        }
        options.nkeys += users.keyed
    }

    /// The `users` array. nats-server stops at the first entry that names no user.
    mutating func users(_ setting: Setting, placed: Bool = true) throws(ConfigProblem) -> Users {
        guard let entries = setting.elementsIfArray else {
            let message = "Expected users field to be an array, got \(GoText.described(setting.content))"
            throw placed ? setting.problem(message) : setting.placeless(message)
        }
        var users = Users(isDefined: true)
        for entry in entries {
            guard let fields = entry.fieldsIfMap else {
                let shown = GoText.described(entry.content)
                errors.append(entry.problem("Expected user entry to be a map/struct, got \(shown)"))
                continue
            }
            try user(fields, of: entry, into: &users)
        }
        return users
    }

    private mutating func user(_ fields: [Setting], of entry: Setting, into users: inout Users) throws(ConfigProblem) {
        var named = UserOptions(name: "")
        var keyed = NKeyUserOptions(nkey: "")
        var permissions: PermissionOptions?
        for field in fields {
            switch field.name {
            case "nkey": keyed.nkey = try field.string()
            case "user", "username": named.name = try field.string()
            case "pass", "password": named.password = try field.string()
            case "permission", "permissions", "authorization":
                attempt { decoder throws(ConfigProblem) in
                    permissions = try decoder.permissions(field)
                }
            case "allowed_connection_types", "connection_types", "clients":
                named.allowedConnectionTypes = connectionTypes(field)
            case "proxy_required": named.proxyRequired = try field.bool()
            default: unknown(field)
            }
        }
        // nats-server blames the field that it read last.
        let blamed = fields.last ?? entry
        if keyed.nkey.isEmpty {
            guard !named.name.isEmpty else {
                throw blamed.problem("User entry requires a user")
            }
            named.permissions = permissions
            users.named.append(named)
            return
        }
        guard NKey.kind(of: keyed.nkey) == .user else {
            throw blamed.problem("Not a valid public nkey for a user")
        }
        guard named.name.isEmpty, named.password.isEmpty else {
            throw blamed.problem("Nkey users do not take usernames or passwords")
        }
        keyed.permissions = permissions
        keyed.allowedConnectionTypes = named.allowedConnectionTypes
        keyed.proxyRequired = named.proxyRequired
        users.keyed.append(keyed)
    }

    private mutating func connectionTypes(_ field: Setting) -> Set<ConnectionType>? {
        guard let names = stringArray(field, called: "allowed connection types") else { return nil }
        let upper = names.map { $0.uppercased() }
        let unknown = upper.filter { ConnectionType(rawValue: $0) == nil }
        if !unknown.isEmpty {
            errors.append(field.problem("invalid connection types \(GoText.quoted(unknown))"))
        }
        let types = Set(upper.compactMap { ConnectionType(rawValue: $0) })
        return types.isEmpty ? nil : types
    }

    /// One string or several; elements of other types are reported and skipped.
    mutating func stringArray(_ field: Setting, called name: String) -> [String]? {
        switch field.content {
        case .string(let text):
            return [text]
        case .array(let values):
            var texts: [String] = []
            for value in values {
                if case .string(let text) = value.content {
                    texts.append(text)
                } else {
                    let type = GoText.typeName(value.content)
                    let message = "error parsing \(name): unsupported type in array \(type)"
                    errors.append(Setting(element: value).problem(message))
                }
            }
            return texts
        default:
            errors.append(field.problem("error parsing \(name): unsupported type \(field.typeName)"))
            return nil
        }
    }
}
