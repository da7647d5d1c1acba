import Foundation
import TestSupport
import Testing

/// Who runs `launchpad`: whoever runs the tests, and, where that is root, somebody without any rights as well.
struct Person: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What a command line of theirs begins with.
    private let prefix: [String]
    private let isSomebodyElse: Bool

    private init(_ description: String, prefix: [String] = []) {
        testDescription = description
        self.prefix = prefix
        isSomebodyElse = !prefix.isEmpty
    }

    /// Empty where no sandbox can be made.
    static let all: [Person] = {
        var persons = [Person(getuid() == 0 ? "root" : "an ordinary user")]
        if getuid() == 0 {
            persons.append(
                Person(
                    "nobody", prefix: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"])
            )
        }
        return persons.filter(\.canMakeSandboxes)
    }()

    /// Whether the executable can be reached and bubblewrap makes a sandbox for them.
    private var canMakeSandboxes: Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            prefix + ["sh", "-c", "bwrap --unshare-all --ro-bind / / -- \"$0\" --version", launchpadExecutable]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// The command line of `launchpad` with `arguments`.
    func launchpad(_ arguments: String...) -> [String] {
        prefix + [launchpadExecutable] + arguments
    }

    /// Makes a directory and everything in it theirs.
    func own(_ directory: String) throws {
        guard isSomebodyElse else { return }
        for path in [""] + (try FileManager.default.subpathsOfDirectory(atPath: directory).map { "/\($0)" }) {
            chown(directory + path, 65534, 65534)
        }
    }
}
