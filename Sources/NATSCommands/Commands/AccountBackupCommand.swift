import GoFormats
import NATSClient

/// `nats account backup` and `restore`: all streams of an account, each in a folder of its own.
enum AccountBackupCommand {
    static let target = Argument.required("target", "Folder for the backup")
    static let source = Argument.required("directory", "Folder that holds the backup")
    static let force = Flag.toggle("force", short: "f", "Act without asking")
    static let warnings = Flag.toggle("critical-warnings", short: "w", "Take warnings for failures")

    static let spec = CommandSpec(
        name: "backup",
        aliases: ["snapshot"],
        help: "Create a backup of all JetStream streams",
        arguments: [target.spec],
        flags: [StreamBackupCommand.check.spec, StreamBackupCommand.consumers.spec, force.spec, warnings.spec],
        run: backUp
    )

    static let restoreSpec = CommandSpec(
        name: "restore",
        help: "Restore an account backup",
        arguments: [source.spec],
        flags: [StreamFlags.cluster.spec, StreamFlags.tag.spec],
        run: restore
    )

    @Sendable
    private static func backUp(_ invocation: Invocation) async throws {
        let (console, folder) = (invocation.console, invocation[target])
        try await invocation.withJetStream { jetStream in
            let streams = try await jetStream.streams().sorted { $0.configuration.name < $1.configuration.name }
            guard !streams.isEmpty else { throw CommandError("no streams found") }
            var report = Report("Performing backup of all streams to \(folder)")
            report.add("Streams", streams.count)
            report.add("Size", Humanized.bytes(streams.reduce(0) { $0 + $1.state.bytes }))
            report.add("Consumers", streams.reduce(0) { $0 + $1.state.consumers })
            report.line()
            invocation.print(report)
            guard try invocation.confirm("Perform backup", unless: force) else { return }
            try FileSystem.makeDirectory(folder)
            var (failures, notices): ([String], [String]) = ([], [])
            for stream in streams {
                let name = stream.configuration.name
                do {
                    try await StreamBackupCommand.backUp(name, to: "\(folder)/\(name)", jetStream, invocation)
                } catch {
                    console.print("Backup of \(name) failed: \(error)")
                    // Servers back up no stream that is in memory only.
                    if stream.configuration.storage == .memory {
                        notices.append("\(name): \(error)")
                    } else {
                        failures.append("\(name): \(error)")
                    }
                }
                console.print()
            }
            for (title, problems) in [("Backup Warnings: ", notices), ("Backup failures: ", failures)]
            where !problems.isEmpty {
                console.print(title + "\n" + problems.map { "  \($0)\n" }.joined())
            }
            guard failures.isEmpty, notices.isEmpty || !invocation[warnings] else {
                throw CommandError("backup failed")
            }
        }
    }

    @Sendable
    private static func restore(_ invocation: Invocation) async throws {
        let folder = invocation[source]
        let names = try FileSystem.names(in: folder)
        guard !names.isEmpty else { throw CommandError("\(folder) holds no backup") }
        try await invocation.withJetStream { jetStream in
            let existing = Set(try await jetStream.streamNames())
            for name in names {
                if existing.contains(name) { throw CommandError("stream \(GoText.quoted(name)) exists already") }
                guard FileSystem.isFile("\(folder)/\(name)/\(StreamBackupCommand.metadataFile)") else {
                    throw CommandError("expected \(StreamBackupCommand.metadataFile) in \(folder)/\(name)")
                }
            }
            invocation.console.print(
                "Restoring backup of all \(names.count) streams in directory \(GoText.quoted(folder))\n")
            for name in names {
                do {
                    try await StreamRestoreCommand.restore("\(folder)/\(name)", jetStream, invocation)
                } catch {
                    throw CommandError("restore for \(name) failed: \(error)")
                }
            }
        }
    }
}
