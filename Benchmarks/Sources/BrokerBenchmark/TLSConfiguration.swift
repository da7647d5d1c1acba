import Foundation

/// A configuration with a certificate that is made for one run, by the `openssl` command.
enum TLSConfiguration {
    static let name = "tls.conf"

    /// Makes the certificate, and a configuration that names it, in a folder of their own.
    ///
    /// - Returns: the configuration's path.
    static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "natsload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (certificate, key) = (folder.path + "/certificate.pem", folder.path + "/key.pem")
        try openSSL(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
        let configuration = folder.appending(path: name)
        try Data("tls { cert_file: \"\(certificate)\", key_file: \"\(key)\" }\n".utf8).write(to: configuration)
        return configuration.path
    }

    /// Removes what ``make()`` made; any other configuration stays.
    static func remove(_ configuration: String) {
        let file = URL(fileURLWithPath: configuration)
        guard file.lastPathComponent == name else { return }
        try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
    }

    private static func openSSL(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailed(command: ["openssl"] + arguments, status: process.terminationStatus)
        }
    }
}
