#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension ConfigSource {
    /// The machine's own files and this process's environment.
    package static var system: ConfigSource {
        ConfigSource(variable: { getenv($0).map { String(cString: $0) } }) { path throws(Unreadable) in
            try SystemFiles.contents(of: path)
        }
    }
}

/// The POSIX calls behind ``ConfigSource/system``.
private enum SystemFiles {
    /// A configuration file that is larger is a mistake, such as an `include` of a device.
    static let largest = 64 << 20

    static func contents(of path: String) throws(ConfigSource.Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ConfigSource.Unreadable("open \(path): \(reason(errno))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8_192)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 {
                return bytes
            }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw ConfigSource.Unreadable("read \(path): \(reason(errno))")
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= largest else {
                throw ConfigSource.Unreadable("read \(path): larger than \(largest >> 20) MiB")
            }
        }
    }

    /// The system's text for an error, in lower case as Go has it.
    private static func reason(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        let reason = String(cString: text)
        return reason.prefix(1).lowercased() + reason.dropFirst()
    }
}
