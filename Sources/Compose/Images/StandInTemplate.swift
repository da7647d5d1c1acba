import Crypto
import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a stand-in needs once and not in every container: a fresh database cluster, which takes a second to make.
///
/// Made in a sandbox and kept in the project's `.launchpad/cache`, one for each version of the program.
struct StandInTemplate {
    /// Where workbenches and containers find templates.
    static let path = "/run/launchpad/templates"

    private let standIn: StandIn
    private let folder: String

    init(_ standIn: StandIn, root: String) {
        self.standIn = standIn
        let text = ([standIn.path, standIn.version] + standIn.map.template).joined(separator: "\n")
        let digest = SHA256.hash(data: Array(text.utf8)).prefix(6).map { String($0, radix: 16) }.joined()
        folder = "\(root)/.launchpad/cache/templates/\(standIn.map.program)-\(standIn.version)-\(digest)"
    }

    /// The folder with the template, made if need be. Nil where there is none or it cannot be made: containers do without.
    func make(_ isolation: Isolation) -> String? {
        guard !standIn.map.template.isEmpty, case .bubblewrap(let bubblewrap, _) = isolation else { return nil }
        if access(folder, F_OK) == 0 { return folder }
        // Two runs may make it at once; the first one to be ready has made it.
        let draft = "\(folder).\(getpid())"
        // Programs ask for the name of their user.
        let accounts = "\(draft).passwd"
        defer { for path in [draft, accounts] { RunDirectory.remove(path) } }
        let text = Array((SandboxArguments.accountFiles["/etc/passwd"] ?? "").utf8)
        guard (try? Folder.make(draft, mode: 0o700)) != nil, (try? AtomicFile.write(text, to: accounts)) != nil else {
            return nil
        }
        let home = standIn.path.prefix(upTo: standIn.path.lastIndex(of: "/") ?? standIn.path.endIndex)
        let arguments =
            SandboxArguments.foundation() + [
                "--ro-bind", accounts, "/etc/passwd", "--bind", draft, "/template", "--setenv", "PATH",
                "\(home):/usr/bin:/bin", "--",
            ] + standIn.map.template
        guard let (status, _) = try? ShortCommand.run(bubblewrap, arguments), status == 0 else { return nil }
        return rename(draft, folder) == 0 || access(folder, F_OK) == 0 ? folder : nil
    }
}
