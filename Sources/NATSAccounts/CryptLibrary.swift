import CLinkage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// libcrypt, which knows bcrypt: the one that the executable was linked with, or else the system's.
///
/// The system's is opened when the first hash turns up: the loader would need a tenth of a millisecond for it at each start,
/// and most servers never use it. Both functions are those of libxcrypt, by their manual pages crypt(3) and crypt_gensalt(3).
struct CryptLibrary: Sendable {
    private typealias Crypt =
        @convention(c) (
            _ phrase: UnsafePointer<CChar>, _ setting: UnsafePointer<CChar>, _ data: UnsafeMutableRawPointer,
            _ size: Int32
        ) -> UnsafePointer<CChar>?
    private typealias GenerateSalt =
        @convention(c) (
            _ prefix: UnsafePointer<CChar>, _ count: UInt, _ random: UnsafePointer<CChar>, _ randomCount: Int32,
            _ output: UnsafeMutablePointer<CChar>, _ outputSize: Int32
        ) -> UnsafePointer<CChar>?

    /// `nil` where there is none.
    static let shared = CryptLibrary()

    /// By the names under which systems have it: Debian and Ubuntu, Fedora and Arch, Homebrew on both kinds of Mac.
    private static let names = [
        "libcrypt.so.1", "libcrypt.so.2", "/opt/homebrew/opt/libxcrypt/lib/libcrypt.2.dylib",
        "/usr/local/opt/libxcrypt/lib/libcrypt.2.dylib",
    ]

    /// The size of `struct crypt_data`, which libxcrypt promises never to change.
    private static let dataSize = 32_768

    private let crypt: Crypt
    private let generateSalt: GenerateSalt

    private init?() {
        guard let (crypt, generateSalt) = Self.linked ?? Self.opened else { return nil }
        self.crypt = unsafeBitCast(crypt, to: Crypt.self)
        self.generateSalt = unsafeBitCast(generateSalt, to: GenerateSalt.self)
    }

    /// Where both functions are in the executable.
    private static var linked: (crypt: UnsafeMutableRawPointer, generateSalt: UnsafeMutableRawPointer)? {
        guard let crypt = linkage_crypt_rn(), let generateSalt = linkage_crypt_gensalt_rn() else { return nil }
        return (crypt, generateSalt)
    }

    /// Where both functions are in the system's library; older ones have neither, nor bcrypt.
    private static var opened: (crypt: UnsafeMutableRawPointer, generateSalt: UnsafeMutableRawPointer)? {
        for name in names {
            guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { continue }
            if let crypt = dlsym(library, "crypt_rn"), let generateSalt = dlsym(library, "crypt_gensalt_rn") {
                return (crypt, generateSalt)
            }
            dlclose(library)
        }
        return nil
    }

    /// The hash of a phrase by the method, the cost and the salt that `setting` begins with; `nil` where `setting` is not valid.
    func hash(of phrase: String, setting: String) -> String? {
        let data = UnsafeMutableRawPointer.allocate(byteCount: Self.dataSize, alignment: 16)
        defer { data.deallocate() }
        data.initializeMemory(as: UInt8.self, repeating: 0, count: Self.dataSize)
        return crypt(phrase, setting, data, Int32(Self.dataSize)).map { String(cString: $0) }
    }

    /// The setting for new hashes of a method, which `prefix` names, with a salt made of `random`.
    func setting(prefix: String, cost: UInt, random: [UInt8]) -> String? {
        var setting = [CChar](repeating: 0, count: 64)
        return generateSalt(
            prefix, cost, random.map { CChar(bitPattern: $0) }, Int32(random.count), &setting, Int32(setting.count)
        ).map { String(cString: $0) }
    }
}
