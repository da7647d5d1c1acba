import GoFormats

/// What a user may publish and subscribe to.
extension OptionsDecoder {
    mutating func permissions(_ setting: Setting) throws(ConfigProblem) -> PermissionOptions {
        guard let fields = setting.fieldsIfMap else {
            let shown = GoText.described(setting.content)
            throw setting.problem("Expected permissions to be a map/struct, got \(shown)")
        }
        var permissions = PermissionOptions()
        for field in fields {
            switch field.name {
            case "pub", "publish", "import":
                attempt { decoder throws(ConfigProblem) in
                    permissions.publish = try decoder.subjectPermission(field, allowingQueues: false)
                }
            case "sub", "subscribe", "export":
                attempt { decoder throws(ConfigProblem) in
                    permissions.subscribe = try decoder.subjectPermission(field, allowingQueues: true)
                }
            case "publish_allow_responses", "allow_responses":
                attempt { decoder throws(ConfigProblem) in
                    permissions.responses = try decoder.responses(field)
                }
            default:
                if !field.isReferenced {
                    errors.append(field.problem("Unknown field \(GoText.quoted(field.key)) parsing permissions"))
                }
            }
        }
        // Who may answer may not publish whatever it likes, unless it is told so.
        if permissions.responses != nil, permissions.publish?.allow == nil {
            permissions.publish = SubjectPermissionOptions(allow: [], deny: permissions.publish?.deny)
        }
        return permissions
    }

    /// Subjects alone, which are allowed, or a map of those that are allowed and denied.
    private mutating func subjectPermission(
        _ setting: Setting,
        allowingQueues: Bool
    ) throws(ConfigProblem) -> SubjectPermissionOptions? {
        guard let fields = setting.fieldsIfMap else {
            // nats-server doesn't know the place of subjects that stand alone.
            let subjects: [String]
            do {
                subjects = try permissionSubjects(setting, allowingQueues: allowingQueues)
            } catch {
                throw setting.elementsIfArray?.contains { $0.position == error.position } == true
                    ? error : setting.placeless(error.message)
            }
            return SubjectPermissionOptions(allow: Self.noneForEmpty(subjects))
        }
        guard !fields.isEmpty else { return nil }
        var permission = SubjectPermissionOptions()
        for field in fields {
            attempt { decoder throws(ConfigProblem) in
                switch field.name {
                case "allow":
                    let subjects = try decoder.permissionSubjects(field, allowingQueues: allowingQueues)
                    permission.allow = Self.noneForEmpty(subjects)
                case "deny":
                    permission.deny = try decoder.permissionSubjects(field, allowingQueues: allowingQueues)
                default:
                    guard field.isReferenced else {
                        throw field.problem(
                            "Unknown field name \(GoText.quoted(field.key)) parsing subject permissions, "
                                + "only 'allow' or 'deny' are permitted"
                        )
                    }
                }
            }
        }
        return permission
    }

    /// To nats-server a list of no subjects is no list, which leaves everything allowed.
    private static func noneForEmpty(_ subjects: [String]) -> [String]? {
        subjects.isEmpty ? nil : subjects
    }

    private func permissionSubjects(_ setting: Setting, allowingQueues: Bool) throws(ConfigProblem) -> [String] {
        var subjects: [String] = []
        switch setting.content {
        case .string(let subject):
            subjects = [subject]
        case .array(let values):
            for value in values {
                guard case .string(let subject) = value.content else {
                    throw Setting(element: value).problem("Subject in permissions array cannot be cast to string")
                }
                subjects.append(subject)
            }
        default:
            throw setting.problem(
                "Expected subject permissions to be a subject, or array of subjects, got \(setting.typeName)"
            )
        }
        for subject in subjects {
            if let message = complaint(about: subject, allowingQueues: allowingQueues) {
                throw setting.problem(message)
            }
        }
        return subjects
    }

    /// Why a subject can't stand in a permission; nil when it can. A queue's name may follow a blank where that is allowed.
    private func complaint(about subject: String, allowingQueues: Bool) -> String? {
        if Subjects.isValid(subject) {
            return nil
        }
        let parts = subject.split { $0.isWhitespace }.map(String.init)
        guard allowingQueues, parts.count == 2 else {
            return "subject \(GoText.quoted(subject)) is not a valid subject"
        }
        guard Subjects.isValid(parts[0]) else {
            return "subject \(GoText.quoted(parts[0])) is not a valid subject"
        }
        guard Subjects.isValid(parts[1]) else {
            return "queue \(GoText.quoted(parts[1])) is not a valid queue"
        }
        return nil
    }

    private mutating func responses(_ setting: Setting) throws(ConfigProblem) -> ResponsePermissionOptions? {
        if case .bool(let allowed) = setting.content {
            return allowed ? .standard : nil
        }
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("error parsing response permissions, expected a boolean or a map")
        }
        var responses = ResponsePermissionOptions.standard
        for field in fields {
            switch field.name {
            case "max", "max_msgs", "max_messages", "max_responses":
                let count = try field.int()
                if count != 0 {
                    responses.maxMessages = count
                }
            case "expires", "expiration", "ttl":
                guard case .string = field.content else {
                    throw field.problem("error parsing expires, not a duration string")
                }
                let expires = try field.duration(orFailWith: "error parsing expires: ")
                if expires != .zero {
                    responses.expires = expires
                }
            default:
                if !field.isReferenced {
                    errors.append(field.problem("Unknown field \(GoText.quoted(field.key)) parsing permissions"))
                }
            }
        }
        return responses
    }
}
