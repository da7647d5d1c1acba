/// The files of the machine that commands name by their absolute paths: what they read beside their workspace, and programs that
/// are called by path.
enum MachineFiles {
    /// Those that a scenario's commands name and find, each with its size and time of change.
    static func named(in scenario: Scenario, isolation: Isolation) -> [(path: String, identity: String)] {
        var paths: Set<String> = []
        for check in scenario.checks {
            for step in check.steps { paths.formUnion(self.paths(in: step.command)) }
        }
        return paths.sorted().compactMap { path in
            // What a sandbox covers with places of its own is nothing of the machine's.
            let isSeen = isolation.isPrivate ? SandboxArguments.shows(path) : !isSystemState(path)
            return isSeen ? FileIdentity.ofFile(path).map { (path, $0) } : nil
        }
    }

    /// What changes at every look.
    private static func isSystemState(_ path: String) -> Bool {
        ["/dev/", "/proc/", "/sys/", "/run/"].contains { path.hasPrefix($0) }
    }

    /// The absolute paths in a shell text.
    ///
    /// It is no shell, and errs on the side of more: a path too many makes a guide depend on a file that it does not read. What a
    /// command writes, behind a `>`, is none of it.
    static func paths(in text: String) -> Set<String> {
        let bytes = Array(text.utf8)
        let slash = UInt8(ascii: "/")
        var paths: Set<String> = []
        var offset = 0
        while let start = bytes[offset...].firstIndex(of: slash) {
            let end = bytes[start...].firstIndex(where: ends.contains) ?? bytes.count
            let before = bytes[..<start].last
            let isTarget = bytes[..<start].last { $0 != UInt8(ascii: " ") } == UInt8(ascii: ">")
            if before.map(beginnings.contains) ?? true, !isTarget, end - start > 1, bytes[start + 1] != slash {
                paths.insert(String(decoding: bytes[start..<end], as: UTF8.self))
            }
            offset = max(end, start + 1)
        }
        return paths
    }

    /// What may stand before a path.
    private static let beginnings = Set(" \t\n;|&(){}'\"`<=:,@[".utf8)
    private static let ends = Set(" \t\n;|&(){}'\"`<>*?[\\$:,".utf8)
}
