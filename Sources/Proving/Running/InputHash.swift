import Guides
import Crypto
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Hashes everything that could change what comes of a guide.
///
/// Prose is no input, nor is the line on which a block stands: who mends a sentence keeps the proofs.
enum InputHash {
    /// Raised when the meaning of a proof changes, so that those of older versions are not taken for new ones.
    private static let version = "1"

    /// - Parameter executables: the programs that take part; each counts with its path, size and time of change.
    static func of(
        _ scenario: Scenario,
        files: [TangledFile],
        engine: EngineIdentity,
        isolation: Isolation,
        executables: [String]
    ) -> String {
        var fields = HashFields()
        fields.add("version", version)
        fields.add("engine", engine.name)
        fields.add("engine version", engine.version)
        fields.add("isolation", isolation.name)
        fields.add("broker", scenario.guide.frontMatter.broker ?? "")
        fields.add("services", scenario.guide.frontMatter.services ?? "")
        for path in Set(executables).sorted() {
            fields.add("executable", path)
            fields.add("identity", identity(of: path))
        }
        for file in files {
            fields.add("file", file.path)
            fields.add("mode", String(file.mode))
            fields.add("contents", file.contents)
        }
        for check in scenario.checks {
            fields.add("block", check.block.name)
            fields.add("hash", check.contentHash)
            fields.add(
                "settings", "\(check.session)|\(check.serve)|\(check.timeout)|\(check.skip ?? "")|\(check.engine ?? "")"
            )
            fields.add("needs", check.needs.joined(separator: ","))
            fields.add("tools", check.tools.joined(separator: ","))
        }
        return fields.hash
    }

    private static func identity(of path: String) -> String {
        var information = stat()
        guard stat(path, &information) == 0 else { return "none" }
        #if canImport(Darwin)
        let time = information.st_mtimespec
        #else
        let time = information.st_mtim
        #endif
        return "\(information.st_size) \(time.tv_sec).\(time.tv_nsec)"
    }
}

/// A hash over named fields, each with its length, so that no two lists of fields look the same.
struct HashFields {
    private var digest = SHA256()

    mutating func add(_ name: String, _ value: String) {
        add(name, Array(value.utf8))
    }

    mutating func add(_ name: String, _ value: [UInt8]) {
        digest.update(data: Array("\(name) \(value.count)\n".utf8))
        digest.update(data: value)
    }

    /// Lower-case hexadecimal.
    var hash: String {
        digest.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
