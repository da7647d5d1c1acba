import JetStream
import NATSAccounts
import NATSConfig
import NATSSubjects
import NIOCore

extension AccountLinks {
    /// What `settings` say about every account, tied together.
    ///
    /// Whatever does not fit was refused when the configuration was read, so it is left out here.
    static func all(in settings: BrokerSettings, _ accounts: [String: Account]) -> [String: AccountLinks] {
        var exports: [String: [ServiceExport]] = [:]
        for account in settings.accountOptions {
            exports[account.name] = account.exports.filter { $0.kind == .service }.map { ServiceExport($0) }
        }
        var links: [String: AccountLinks] = [:]
        for options in settings.accountOptions {
            guard let account = accounts[options.name] else { continue }
            var own = AccountLinks()
            own.mappings = SubjectMappings(options.mappings)
            own.limits = AccountBounds(options.limits)
            if !options.traceDestination.isEmpty {
                own.traceGoal = TraceGoal(destination: options.traceDestination, sampling: options.traceSampling)
            }
            for item in options.imports {
                guard let exporter = accounts[item.account] else { continue }
                switch item.kind {
                case .stream:
                    let imported = StreamImport(
                        from: item.subject, to: item.localSubject, exporter: exporter, allowsTrace: item.allowTrace)
                    if let imported { own.streamImports.append(imported) }
                case .service:
                    let offered = exports[item.account, default: []]
                    let imported = ServiceImport(
                        from: item.to, to: item.subject, importer: account, exporter: exporter, isShared: item.share,
                        export: ServiceExport.covering(item.subject, in: offered))
                    if let imported { own.serviceImports.append(imported) }
                }
            }
            links[options.name] = own
        }
        links[Authenticator.globalAccount, default: AccountLinks()].mappings = SubjectMappings(settings.mappings)
        if let domain = settings.jetStream?.streams.domain, !domain.isEmpty {
            for name in settings.jetStreamAccounts.keys {
                let own = settings.accountOptions.first { $0.name == name }?.mappings ?? settings.mappings
                links[name, default: AccountLinks()].mappings.add(domain: domain, but: own.map(\.source))
            }
        }
        return links
    }
}

extension ImportOptions {
    /// A stream's subject in the importing account.
    var localSubject: String {
        if !prefix.isEmpty { return prefix + (prefix.hasSuffix(".") ? "" : ".") + subject }
        return to.isEmpty ? subject : to
    }
}

extension ServiceExport {
    fileprivate convenience init(_ options: ExportOptions) {
        let type: ResponseType =
            switch options.responseType {
            case .singleton: .single
            case .streamed: .streamed
            case .chunked: .chunked
            }
        self.init(
            options.subject, responseType: type,
            latency: options.latency.map { Latency(subject: Array($0.subject.utf8), sampling: $0.sampling) },
            threshold: TimeAmount(options.responseThreshold ?? .seconds(120)), allowsTrace: options.allowTrace)
    }

    /// The export that `subject` is asked through: the one of that name, or else one that covers it.
    fileprivate static func covering(_ subject: String, in exports: [ServiceExport]) -> ServiceExport? {
        exports.first { $0.subject.elementsEqual(subject.utf8) }
            ?? exports.first { Subject.isCovered(subject.utf8, by: $0.subject) }
    }
}

extension SubjectMappings {
    fileprivate init(_ options: [SubjectMapping]) {
        self.init()
        for mapping in options {
            // Destinations for a cluster are for other servers than this one.
            let own = mapping.destinations.filter { $0.cluster.isEmpty }
            add(mapping.source, own.map { ($0.subject, Int($0.weight)) })
        }
    }

    /// What of JetStream is reached through the name of its domain, by the part of the subject behind `$JS.<domain>.API.`.
    private static let domainSubjects: KeyValuePairs<String, String> = [
        "INFO": "$JS.API.INFO", "STREAM.>": "$JS.API.STREAM.>", "CONSUMER.>": "$JS.API.CONSUMER.>",
        "DIRECT.>": "$JS.API.DIRECT.>", "META.>": "$JS.API.META.>", "SERVER.>": "$JS.API.SERVER.>",
        "ACCOUNT.>": "$JS.API.ACCOUNT.>", "$KV.>": "$KV.>", "$OBJ.>": "$OBJ.>",
    ]

    /// Adds JetStream's own mappings, where `given` does not have them already.
    fileprivate mutating func add(domain: String, but given: [String]) {
        for (name, target) in Self.domainSubjects {
            let source = "$JS.\(domain).API.\(name)"
            if !given.contains(source) { add(source, [(target, 100)]) }
        }
    }
}

extension AccountBounds {
    fileprivate init(_ limits: NATSConfig.AccountLimits) {
        let bound = { (limit: Int32) in limit == -1 ? nil : Int(limit) }
        maxConnections = bound(limits.maxConnections)
        maxSubscriptions = bound(limits.maxSubscriptions)
        maxPayload = bound(limits.maxPayload)
    }
}
