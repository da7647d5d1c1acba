/// Recognises that a command failed because somebody else has its port, which without a sandbox is the machine's business
/// and not the guide's.
enum PortConflict {
    /// The port that `output` complains about, or nil where it does not.
    static func port(in output: String) -> Int? {
        for line in output.split(separator: "\n") {
            let lowered = line.lowercased()
            guard lowered.contains("address already in use") || lowered.contains("address in use") else { continue }
            // The last number behind a colon, as in "listen tcp 0.0.0.0:4222: bind: address already in use".
            for piece in lowered.split(separator: ":").dropFirst().reversed() {
                let digits = piece.prefix { $0.isNumber }
                if let port = Int(digits), (1...65_535).contains(port) { return port }
            }
        }
        return nil
    }

    static func error(port: Int, program: String? = nil, who: String) -> CouldNotRun {
        CouldNotRun(
            "\(who) needs port \(port), which \(program ?? "another program") on this machine uses",
            help: "without a sandbox guides use the machine's own ports: stop that program, or install bubblewrap"
        )
    }
}
