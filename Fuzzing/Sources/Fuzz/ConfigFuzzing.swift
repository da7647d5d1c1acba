@testable import NATSConfig

/// The parser of configuration files, and the decoder behind it. An input is a file.
enum ConfigFuzzing {
    private static let included = Array("port: 4333\nnames: [a, b]\n".utf8)

    static func run(_ input: UnsafeRawBufferPointer) {
        let bytes = Array(input)
        let source = ConfigSource.files(
            ["nats.conf": bytes, "included.conf": included], environment: ["NAME": "value", "NUMBER": "8MB"])
        do throws(ConfigProblem) {
            let document = try ConfigDocument(parsing: bytes, file: "nats.conf", source: source)
            let again = try ConfigDocument(parsing: bytes, file: "nats.conf", source: source)
            require(document == again, "the same file is read in two ways")
            var decoder = OptionsDecoder(missing: UnsupportedFeature.missing, source: source)
            decoder.decode(document)
            guard decoder.errors.isEmpty else { return }
            try? decoder.options.checkForStart()
            _ = decoder.options.completed()
        } catch {
            require(!error.description.isEmpty, "a problem without a word")
        }
    }
}
