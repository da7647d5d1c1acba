import GoFormats

/// The `websocket` block.
extension OptionsDecoder {
    mutating func websocket(_ setting: Setting) throws(ConfigProblem) {
        guard let fields = setting.fieldsIfMap else {
            throw setting.problem("Expected websocket to be a map, got \(setting.typeName)")
        }
        var websocket = WebSocketOptions()
        defer { options.websocket = websocket }
        for field in fields {
            switch field.name {
            case "listen":
                attempt { decoder throws(ConfigProblem) in
                    (websocket.host, websocket.port) = try decoder.listen(field)
                }
            case "tls":
                attempt { decoder throws(ConfigProblem) in
                    websocket.tls = try decoder.tls(field)
                }
            case "authorization", "authentication":
                try simpleAuthorization(field, of: &websocket)
            case "headers": headers(field, of: &websocket)
            case "allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origins", "origin":
                websocket.allowedOrigins = stringArray(field, called: "allowed origins") ?? []
            case "ping_interval": websocket.pingInterval = try duration(field, field: "ping_interval")
            case "handshake_timeout": handshakeTimeout(field, of: &websocket)
            default:
                if try !websocketScalar(field, of: &websocket) {
                    unknown(field)
                }
            }
        }
    }

    private func websocketScalar(_ field: Setting, of websocket: inout WebSocketOptions) throws(ConfigProblem) -> Bool {
        switch field.name {
        case "port": websocket.port = try field.int()
        case "host", "net": websocket.host = try field.string()
        case "advertise": websocket.advertise = try field.string()
        case "no_tls": websocket.noTLS = try field.bool()
        case "same_origin": websocket.sameOrigin = try field.bool()
        case "compress", "compression": websocket.compression = try field.bool()
        case "jwt_cookie": websocket.jwtCookie = try field.string()
        case "user_cookie": websocket.userCookie = try field.string()
        case "pass_cookie": websocket.passwordCookie = try field.string()
        case "token_cookie": websocket.tokenCookie = try field.string()
        case "no_auth_user": websocket.noAuthUser = try field.string()
        default: return false
        }
        return true
    }

    private mutating func handshakeTimeout(_ field: Setting, of websocket: inout WebSocketOptions) {
        switch field.content {
        case .integer(let seconds):
            websocket.handshakeTimeout = .seconds(seconds)
        case .string(let text):
            do {
                websocket.handshakeTimeout = try GoDuration.parse(text)
            } catch {
                errors.append(field.problem(error.message))
            }
        default:
            errors.append(field.problem("error parsing handshake timeout: unsupported type \(field.typeName)"))
        }
    }

    private mutating func simpleAuthorization(
        _ setting: Setting,
        of websocket: inout WebSocketOptions
    ) throws(ConfigProblem) {
        for field in try setting.fields() {
            switch field.name {
            case "user", "username": websocket.user = try field.string()
            case "pass", "password": websocket.password = try field.string()
            case "token": websocket.token = try field.string()
            case "timeout":
                switch field.content {
                case .integer(let seconds): websocket.authTimeout = Double(seconds)
                case .float(let seconds): websocket.authTimeout = seconds
                default: websocket.authTimeout = 1
                }
            default: unknown(field)
            }
        }
    }

    private mutating func headers(_ setting: Setting, of websocket: inout WebSocketOptions) {
        guard let fields = setting.fieldsIfMap else {
            errors.append(setting.problem("error parsing headers: unsupported type \(setting.typeName)"))
            return
        }
        for field in fields {
            guard case .string(let value) = field.content else {
                errors.append(
                    field.problem("error parsing header key \(field.key): unsupported type \(field.typeName)")
                )
                continue
            }
            websocket.headers[field.key] = value
        }
    }
}
