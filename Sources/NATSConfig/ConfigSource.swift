/// What reading a configuration may ask of the world: files and environment variables.
package struct ConfigSource: Sendable {
    /// A file that could not be read, in the words of Go's `os` package: `open x.conf: no such file or directory`.
    package struct Unreadable: Error, Sendable, Hashable {
        package var message: String

        package init(_ message: String) {
            self.message = message
        }
    }

    /// The bytes of the file at a path.
    package var read: @Sendable (_ path: String) throws(Unreadable) -> [UInt8]
    /// The value of the environment variable that `$name` stands for when no field has that name.
    package var variable: @Sendable (_ name: String) -> String?
    /// What is wrong with a certificate and its private key, both in PEM, in the words of Go's `crypto/tls`; nil when they
    /// belong together. Whoever has cryptography at hand puts it in.
    package var keyPairComplaint: @Sendable (_ certificate: [UInt8], _ key: [UInt8]) -> String? = { _, _ in nil }

    package init(
        variable: @escaping @Sendable (_ name: String) -> String? = { _ in nil },
        read: @escaping @Sendable (_ path: String) throws(Unreadable) -> [UInt8]
    ) {
        self.variable = variable
        self.read = read
    }

    /// A source that knows `files` alone, by their exact paths.
    package static func files(_ files: [String: [UInt8]], environment: [String: String] = [:]) -> ConfigSource {
        ConfigSource(variable: { environment[$0] }) { path throws(Unreadable) in
            guard let bytes = files[path] else {
                throw Unreadable("open \(path): no such file or directory")
            }
            return bytes
        }
    }
}
