extension ServerOptions {
    /// What reading a configuration file yields.
    package struct Loaded: Sendable, Hashable {
        package var options: ServerOptions
        /// What nats-server warns of. With `-t` it refuses the file for it, otherwise it goes on.
        package var warnings: [ConfigProblem]
        /// See ``ConfigDocument/digest``.
        package var digest: String
    }

    /// Reads, parses and decodes a configuration file.
    ///
    /// This is what `nats-server -t` checks: each field by itself, and accounts, users, exports and imports against each
    /// other. Afterwards ``checkForStart()`` tells whether a server can start with the options.
    ///
    /// - Parameters:
    ///   - authorization: what the command line says about it, which accounts and users in the file may contradict.
    ///   - storeDirectory: the command line's, which the file may not say again.
    ///   - missing: the features to report in ``unsupported``.
    /// - Throws: every problem, in nats-server's words.
    package static func load(
        _ file: String,
        from source: ConfigSource,
        authorization: AuthorizationOptions? = nil,
        storeDirectory: String? = nil,
        missing: Set<UnsupportedFeature> = UnsupportedFeature.missing
    ) throws(ConfigRefusal) -> Loaded {
        let document: ConfigDocument
        do {
            document = try ConfigDocument(reading: file, source: source)
        } catch {
            throw ConfigRefusal(.reading, [error])
        }
        var decoder = OptionsDecoder(missing: missing, source: source)
        decoder.options.authorization = authorization
        decoder.options.jetStream.storeDirectory = storeDirectory ?? ""
        decoder.decode(document)
        guard decoder.errors.isEmpty else {
            throw ConfigRefusal(.options, decoder.errors, warnings: decoder.warnings)
        }
        return Loaded(options: decoder.options, warnings: decoder.warnings, digest: document.digest)
    }

    /// Refuses what the bundled broker does not have, after everything that nats-server would refuse.
    package func checkSupport() throws(ConfigRefusal) {
        guard unsupported.isEmpty else {
            throw ConfigRefusal(.unsupported, unsupported)
        }
    }
}
