import GoFormats

/// The `accounts` block.
extension OptionsDecoder {
    mutating func accounts(_ setting: Setting) throws(ConfigProblem) {
        switch setting.content {
        case .array:
            var names: Set<String> = []
            for element in try setting.elements() {
                let name = try element.string()
                if name == AccountOptions.globalName {
                    errors.append(element.problem("\(GoText.quoted(name)) is a Reserved Account"))
                } else if !names.insert(name).inserted {
                    errors.append(element.problem("Duplicate Account Entry: \(name)"))
                } else {
                    options.accounts.append(AccountOptions(name: name, position: element.position))
                }
            }
        case .map:
            for field in try setting.fields() where !field.isReferenced {
                try account(field)
            }
        default:
            // nats-server takes any other value for no accounts at all.
            return
        }
        guard errors.isEmpty else { return }
        // Imports need every account's exports, so they are checked when all of them are known.
        errors += AccountGraph(options).problems().map { setting.problem($0) }
    }

    private mutating func account(_ setting: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            errors.append(setting.problem("Expected map entries for accounts"))
            return
        }
        guard setting.key != AccountOptions.globalName else {
            errors.append(setting.problem("\(GoText.quoted(setting.key)) is a Reserved Account"))
            return
        }
        var account = AccountOptions(name: setting.key, position: setting.position)
        var users = Users()
        var usersSetting = setting
        for field in fields {
            if field.name == "users" {
                usersSetting = field
                attempt { decoder throws(ConfigProblem) in
                    users = try decoder.users(field, placed: false)
                }
            } else {
                attempt { decoder throws(ConfigProblem) in
                    try decoder.accountField(field, of: &account)
                }
            }
        }
        options.accounts.append(account)
        users.apply(account.defaultPermissions)
        admit(users, to: account.name, at: usersSetting)
    }

    private mutating func accountField(_ field: Setting, of account: inout AccountOptions) throws(ConfigProblem) {
        switch field.name {
        case "nkey":
            guard case .string(let key) = field.content, NKey.kind(of: key) == .account else {
                let shown = GoText.quoted(GoText.described(field.content))
                throw field.problem("Not a valid public nkey for an account: \(shown)")
            }
            account.nkey = key
        case "imports": account.imports = try imports(field)
        case "exports": account.exports = try exports(field)
        case "jetstream":
            account.jetStream = try accountJetStream(field)
        case "default_permissions": account.defaultPermissions = try permissions(field)
        case "mappings", "maps": account.mappings = try mappings(field)
        case "limits": account.limits = try accountLimits(field)
        case "msg_trace", "trace_dest": try messageTrace(field, of: &account)
        default: unknown(field)
        }
    }

    /// Takes in an account's users, unless the server has one user or token for everybody.
    private mutating func admit(_ users: Users, to account: String, at setting: Setting) {
        guard !users.named.isEmpty || !users.keyed.isEmpty else { return }
        if options.authorization?.user.isEmpty == false {
            errors.append(setting.problem("Can not have a single user/pass and accounts"))
            return
        }
        if options.authorization?.token.isEmpty == false {
            errors.append(setting.problem("Can not have a token and accounts"))
            return
        }
        for var user in users.keyed {
            if !userNames.insert(user.nkey).inserted {
                errors.append(setting.problem("Duplicate nkey \(GoText.quoted(user.nkey)) detected"))
            }
            user.account = account
            options.nkeys.append(user)
        }
        for var user in users.named {
            if !userNames.insert(user.name).inserted {
                errors.append(setting.problem("Duplicate user \(GoText.quoted(user.name)) detected"))
            }
            user.account = account
            options.users.append(user)
        }
    }

    private mutating func accountLimits(_ setting: Setting) throws(ConfigProblem) -> AccountLimits {
        guard let fields = setting.fieldsIfMap else {
            let shown = GoText.described(setting.content)
            throw setting.problem("Expected account limits to be a map/struct, got \(shown)")
        }
        var limits = AccountLimits()
        for field in fields {
            switch field.name {
            case "max_connections", "max_conn": limits.maxConnections = try field.int32()
            case "max_subscriptions", "max_subs": limits.maxSubscriptions = try field.int32()
            case "max_payload", "max_pay": limits.maxPayload = try field.int32()
            case "max_leafnodes", "max_leafs": limits.maxLeafNodes = try field.int32()
            default:
                if !field.isReferenced {
                    let message = "Unknown field \(GoText.quoted(field.key)) parsing account limits"
                    errors.append(field.problem(message))
                }
            }
        }
        return limits
    }

    // MARK: Message traces

    private mutating func messageTrace(_ setting: Setting, of account: inout AccountOptions) throws(ConfigProblem) {
        switch setting.content {
        case .string:
            account.traceDestination = try traceDestination(setting)
        case .map:
            for field in try setting.fields() {
                switch field.name {
                case "dest": account.traceDestination = try traceDestination(field)
                case "sampling": account.traceSampling = try traceSampling(field)
                default:
                    guard field.isReferenced else {
                        throw field.problem(
                            "Unknown field \(GoText.quoted(field.key)) parsing account message trace "
                                + "map/struct \(GoText.quoted(setting.key))"
                        )
                    }
                }
            }
        default:
            throw setting.problem(
                "Expected account message trace \(GoText.quoted(setting.key)) to be a string or a map/struct, "
                    + "got \(setting.typeName)"
            )
        }
        if account.traceDestination.isEmpty, account.traceSampling > 0 {
            warnings.append(setting.problem("Trace destination sampling ignored since no destination was set"))
            account.traceSampling = 0
        } else if account.traceSampling == 0 {
            account.traceSampling = account.traceDestination.isEmpty ? 0 : 100
        }
    }

    private func traceDestination(_ field: Setting) throws(ConfigProblem) -> String {
        guard case .string(let subject) = field.content else {
            throw field.problem("Field \(GoText.quoted(field.key)) should be a string, got \(field.typeName)")
        }
        guard Subjects.isValidToPublish(subject) else {
            throw field.problem("Trace destination \(GoText.quoted(subject)) is not valid")
        }
        return subject
    }

    private func traceSampling(_ field: Setting) throws(ConfigProblem) -> Int {
        let percent: Int
        switch field.content {
        case .integer(let number):
            percent = Int(number)
        case .string(let text):
            guard let number = Int(text.withoutPercentSign) else {
                throw field.problem("Invalid trace destination sampling value \(GoText.quoted(text))")
            }
            percent = number
        default:
            throw field.problem(
                "Trace destination sampling field \(GoText.quoted(field.key)) should be an integer or a percentage, "
                    + "got \(field.typeName)"
            )
        }
        guard 1...100 ~= percent else {
            // "Ttrace" is nats-server's own spelling.
            throw field.problem(
                "Ttrace destination sampling value \(percent) is invalid, needs to be [1..100]"
            )
        }
        return percent
    }
}

extension String {
    /// `50%` without its sign.
    var withoutPercentSign: String {
        hasSuffix("%") ? String(dropLast()) : self
    }
}
