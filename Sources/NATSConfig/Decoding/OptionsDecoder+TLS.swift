import GoFormats

/// `tls` blocks.
extension OptionsDecoder {
    mutating func tls(_ setting: Setting) throws(ConfigProblem) -> TLSOptions {
        var tls = TLSOptions()
        for field in try setting.fields() {
            if try !tlsSwitch(field, of: &tls), try !tlsList(field, of: &tls) {
                try tlsField(field, of: &tls)
            }
        }
        if !tls.certificates.isEmpty, !tls.certificateFile.isEmpty {
            throw setting.problem(
                "error parsing tls config, cannot combine 'cert_file' option with 'certs' option"
            )
        }
        let insecure = tls.cipherSuites.filter { TLSNames.isInsecure($0) }
        if !tls.allowInsecureCipherSuites, !insecure.isEmpty {
            throw setting.problem(
                "insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: "
                    + insecure.joined(separator: ", ")
            )
        }
        if let complaint = tls.complaint(reading: source) { throw setting.problem(complaint) }
        checkAlgorithms(of: tls, at: setting)
        return tls
    }

    /// Refuses what nats-server could be told to use and the TLS library of the bundled broker does not have.
    private mutating func checkAlgorithms(of tls: TLSOptions, at setting: Setting) {
        let names =
            tls.cipherSuites.filter { TLSNames.missingCipherSuites.contains($0) }
            + tls.curvePreferences.filter { TLSNames.missingCurves.contains($0) }
        for name in names {
            options.unsupported.append(
                setting.problem(
                    "\(name) is not supported by Launchpad's bundled broker: leave it out, or run this file with "
                        + "nats-server"))
        }
    }

    private func expected(_ field: Setting, _ what: String) -> ConfigProblem {
        field.problem("error parsing tls config, expected '\(field.name)' to be \(what)")
    }

    /// The fields that are on or off. Returns false for any other.
    private func tlsSwitch(_ field: Setting, of tls: inout TLSOptions) throws(ConfigProblem) -> Bool {
        let names: Set = [
            "insecure", "verify", "verify_and_map", "verify_cert_and_check_known_urls", "allow_insecure_cipher_suites",
        ]
        guard names.contains(field.name) else { return false }
        guard case .bool(let isOn) = field.content else { throw expected(field, "a boolean") }
        switch field.name {
        case "insecure": tls.insecure = isOn
        case "verify": tls.verify = isOn
        case "allow_insecure_cipher_suites": tls.allowInsecureCipherSuites = isOn
        case "verify_and_map":
            tls.verify = isOn || tls.verify
            tls.verifyAndMap = isOn
        default:
            guard !isOn else {
                throw field.problem("verify_cert_and_check_known_urls not supported in this context")
            }
        }
        return true
    }

    /// The fields that are lists. Returns false for any other.
    private func tlsList(_ field: Setting, of tls: inout TLSOptions) throws(ConfigProblem) -> Bool {
        switch field.name {
        case "cipher_suites":
            tls.cipherSuites = try names(field) {
                TLSNames.cipherSuites.contains($0) ? nil : "unrecognized cipher \($0)"
            }
        case "curve_preferences":
            tls.curvePreferences = try names(field) {
                TLSNames.curves.contains($0) ? nil : "unrecognized curve preference \($0)"
            }
        case "pinned_certs":
            let form = "hex-encoded sha256 of DER encoded SubjectPublicKeyInfo"
            guard let entries = field.elementsIfArray else { throw expected(field, "a list of \(form)") }
            for entry in entries {
                let sum = try entry.string().lowercased()
                guard sum.utf8.count == 64, sum.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
                    throw entry.problem(
                        "error parsing tls config, 'pinned_certs' key \(sum) does not look like \(form)"
                    )
                }
                tls.pinnedCertificates.insert(sum)
            }
        case "certs", "certificates": tls.certificates = try certificates(field)
        default: return false
        }
        return true
    }

    private func names(
        _ field: Setting,
        _ complaint: (String) -> String?
    ) throws(ConfigProblem) -> [String] {
        let elements = try field.elements()
        guard !elements.isEmpty else {
            throw field.problem("error parsing tls config, '\(field.name)' cannot be empty")
        }
        var names: [String] = []
        for element in elements {
            let name = try element.string()
            if let complaint = complaint(name) {
                throw element.problem(complaint)
            }
            names.append(name)
        }
        return names
    }

    private func certificates(_ field: Setting) throws(ConfigProblem) -> [TLSOptions.CertificatePair] {
        guard let entries = field.elementsIfArray else {
            throw field.problem(
                "error parsing certificates config: unsupported type map[string]interface {}"
            )
        }
        var pairs: [TLSOptions.CertificatePair] = []
        for entry in entries {
            guard let fields = entry.fieldsIfMap else {
                throw entry.problem("error parsing certificates config: unsupported type \(entry.typeName)")
            }
            var pair = TLSOptions.CertificatePair(certificateFile: "", keyFile: "")
            for part in fields {
                guard case .string(let file) = part.content else {
                    throw part.problem("error parsing certificates config: unsupported type \(part.typeName)")
                }
                switch part.key {
                case "cert_file": pair.certificateFile = file
                case "key_file": pair.keyFile = file
                default:
                    throw part.problem(
                        "error parsing tls certs config, unknown field \(GoText.quoted(part.key))"
                    )
                }
            }
            guard !pair.certificateFile.isEmpty, !pair.keyFile.isEmpty else {
                // nats-server blames the field that it read last.
                throw (fields.last ?? entry).problem(
                    "error parsing certificates config: both 'cert_file' and 'cert_key' options are required"
                )
            }
            pairs.append(pair)
        }
        return pairs
    }

    private mutating func tlsField(_ field: Setting, of tls: inout TLSOptions) throws(ConfigProblem) {
        switch field.name {
        case "cert_file": tls.certificateFile = try file(field)
        case "key_file": tls.keyFile = try file(field)
        case "ca_file": tls.caFile = try file(field)
        case "timeout": tls.timeout = try timeout(field, in: "tls config")
        case "connection_rate_limit":
            guard case .integer(let limit) = field.content else {
                throw field.problem("error parsing tls config, 'connection_rate_limit' wrong type")
            }
            tls.connectionRateLimit = limit
        case "handshake_first", "first", "immediate": try handshakeFirst(field, of: &tls)
        case "min_version": tls.minimumVersion = try minimumVersion(field)
        case "ocsp_peer":
            require(.ocsp, at: field.position)
        case "cert_store", "cert_match_by", "cert_match", "ca_certs_match", "cert_match_skip_invalid":
            throw field.problem("cert_store not supported on this platform: it is for Windows alone")
        default:
            throw field.problem("error parsing tls config, unknown field \(GoText.quoted(field.key))")
        }
    }

    private func file(_ field: Setting) throws(ConfigProblem) -> String {
        guard case .string(let path) = field.content else { throw expected(field, "filename") }
        return path
    }

    private func handshakeFirst(_ field: Setting, of tls: inout TLSOptions) throws(ConfigProblem) {
        switch field.content {
        case .bool(let isFirst):
            tls.handshakeFirst = isFirst
        case .string(let text):
            switch text.lowercased() {
            case "true", "on": tls.handshakeFirst = true
            case "false", "off": tls.handshakeFirst = false
            case "auto", "auto_fallback":
                tls.handshakeFirst = true
                tls.handshakeFirstFallback = .milliseconds(50)
            default:
                guard let delay = try? GoDuration.parse(text) else {
                    throw field.problem(
                        "field \(GoText.quoted(field.key))'s value \(GoText.quoted(text)) is invalid"
                    )
                }
                tls.handshakeFirst = true
                tls.handshakeFirstFallback = delay
            }
        default:
            throw field.problem(
                "field \(GoText.quoted(field.key)) should be a boolean or a string, got \(field.typeName)"
            )
        }
    }

    private func minimumVersion(_ field: Setting) throws(ConfigProblem) -> String {
        let prefix = "error parsing tls config: "
        guard case .string(let version) = field.content else {
            throw field.problem("\(prefix)'min_version' wrong type: \(GoText.described(field.content))")
        }
        switch version {
        case "1.2", "1.3": return version
        case "1.0", "1.1": throw field.problem("\(prefix)unsupported TLS version: TLS \(version)")
        default: throw field.problem("\(prefix)unknown version: \(version)")
        }
    }
}
