import GoFormats

/// Subjects that are published under other names.
extension OptionsDecoder {
    mutating func mappings(_ setting: Setting) throws(ConfigProblem) -> [SubjectMapping] {
        var mappings: [SubjectMapping] = []
        for field in try setting.fields() {
            guard Subjects.isValid(field.key) else {
                errors.append(setting.problem("Subject \(GoText.quoted(field.key)) is not a valid subject"))
                continue
            }
            let isSimple: Bool
            var destinations: [SubjectMapping.Destination] = []
            switch field.content {
            case .string(let subject):
                isSimple = true
                destinations.append(SubjectMapping.Destination(subject: subject, weight: 100))
            case .array:
                isSimple = false
                for element in try field.elements() {
                    if let destination = try destination(element) {
                        destinations.append(destination)
                    }
                }
            default:
                isSimple = false
                guard let destination = try destination(field) else { continue }
                destinations.append(destination)
            }
            let mapping = SubjectMapping(source: field.key, destinations: destinations)
            if let reason = MappingDestination.complaint(about: mapping) {
                let target = isSimple ? " to \(GoText.quoted(destinations[0].subject))" : ""
                let message = "Error adding mapping for \(GoText.quoted(field.key))\(target) : \(reason)"
                errors.append(field.problem(message))
            } else {
                mappings.append(mapping)
            }
        }
        return mappings
    }

    /// One `{ destination: …, weight: … }`; nil when it was reported.
    private mutating func destination(_ setting: Setting) throws(ConfigProblem) -> SubjectMapping.Destination? {
        guard let fields = setting.fieldsIfMap else {
            errors.append(setting.problem("Expected an entry for the mapping destination"))
            return nil
        }
        var destination = SubjectMapping.Destination(subject: "", weight: 0)
        var hasWeight = false
        for field in fields {
            switch field.name {
            case "dest", "destination": destination.subject = try field.blaming(setting).string()
            case "cluster": destination.cluster = try field.blaming(setting).string()
            case "weight":
                guard let weight = weight(field) else { return nil }
                destination.weight = weight
                hasWeight = true
            default:
                errors.append(
                    field.problem("Unknown field \(GoText.quoted(field.key)) for mapping destination")
                )
                return nil
            }
        }
        guard hasWeight else {
            let subject = GoText.quoted(destination.subject)
            errors.append(setting.problem("Missing weight for mapping destination \(subject)"))
            return nil
        }
        return destination
    }

    private mutating func weight(_ field: Setting) -> UInt8? {
        let weight: Int64
        switch field.content {
        case .integer(let number):
            weight = number
        case .string(let text):
            let digits = text.withoutPercentSign
            guard let number = Int64(digits) else {
                errors.append(field.problem("Invalid weight \(GoText.quoted(digits)) for mapping destination"))
                return nil
            }
            weight = number
        default:
            let shown = GoText.described(field.content)
            errors.append(field.problem("Unknown entry type for weight of \(shown)\n"))
            return nil
        }
        guard 0...100 ~= weight else {
            errors.append(field.problem("Invalid weight \(weight) for mapping destination"))
            return nil
        }
        return UInt8(weight)
    }
}
