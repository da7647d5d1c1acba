import SystemPackage
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the workbenches of one run have in common: the isolation, the tool folder, the temporary directory.
final class WorkbenchFactory: Sendable {
    let isolation: Isolation
    private let directory: RunDirectory
    private let executable: String
    private let shell: String
    private let tools: [String: String]
    private let supplies: WorkbenchSupplies

    /// - Parameters:
    ///   - executable: absolute path of the `launchpad` binary, which is the agent.
    ///   - tools: programs by the name that guides call them by.
    ///   - supplies: what the tools need.
    init(
        isolation: Isolation, executable: String, tools: [String: String],
        supplies: WorkbenchSupplies = WorkbenchSupplies()
    ) throws {
        self.isolation = isolation
        self.executable = executable
        self.tools = tools
        self.supplies = supplies
        let places = isolation.isPrivate ? ExecutableSearch.find("bash", in: ExecutableSearch.systemPath) : nil
        guard let shell = places ?? ExecutableSearch.find("bash") else {
            throw CouldNotRun("there is no bash on this machine", help: "install it: guides are typed into bash")
        }
        self.shell = shell
        directory = try RunDirectory()
        do {
            // A guide may be about Launchpad itself.
            let all = tools.merging(["launchpad": executable]) { $1 }
            try Self.fill(directory.path, tools: all, supplies: supplies)
        } catch {
            directory.end()
            throw error
        }
    }

    /// Makes the tool folder and the sandbox's own files.
    private static func fill(
        _ directory: String, tools: [String: String], supplies: WorkbenchSupplies
    ) throws(CouldNotRun) {
        try Folder.make("\(directory)/bin")
        for (name, target) in tools {
            guard symlink(target, "\(directory)/bin/\(name)") == 0 else {
                throw CouldNotRun("\(directory)/bin/\(name) cannot be made: \(Errno(rawValue: errno))")
            }
        }
        for (name, text) in SandboxArguments.accountFiles {
            try write(Array(text.utf8), mode: 0o644, to: directory + name)
        }
        for (name, contents) in supplies.files {
            try write(contents, mode: 0o644, to: directory + name)
        }
    }

    /// Removes what the run has left in the temporary directory. No workbench may be in use.
    func end() {
        directory.end()
    }

    /// The directories in which commands of a guide look for programs, as seen from outside.
    static func searchPath(tools: String) -> [String] {
        [tools] + ExecutableSearch.systemPath
    }

    /// Starts the workbench of one guide.
    ///
    /// Blocks, and must be called on a thread that lives as long as the workbench: the sandbox ends with its parent thread.
    ///
    /// - Parameters:
    ///   - name: distinguishes the guide in the run's directory.
    ///   - files: what the workspace holds.
    ///   - folders: further folders of the machine that are shown read-only, at their own paths.
    ///   - terminal: a person's, if one may enter the workbench.
    ///   - usesMachine: it gets what its services need of the machine itself.
    func make(
        name: String, files: [TangledFile], folders: Set<String> = [], cancellation: RunCancellation,
        terminal: PersonsTerminal? = nil, usesMachine: Bool = false
    ) throws -> Workbench {
        let root = "\(directory.path)/\(name)"
        let workspace = workspace(name)
        let home = "\(root)/home"
        let agentDirectory = "\(root)/agent"
        for path in [workspace, home, agentDirectory] { try Folder.make(path) }
        chmod(workspace, 0o755)
        for file in files { try Self.write(file.contents, mode: file.mode, to: "\(workspace)/\(file.path)") }
        if !isolation.isPrivate { try link(supplies.folders, into: home) }

        let null = try Descriptor.open("/dev/null", O_RDONLY)
        defer { Descriptor.close(null) }
        let log = try Descriptor.open("\(root)/agent.log", O_RDWR | O_CREAT | O_TRUNC)
        defer { Descriptor.close(log) }
        let (mine, theirs) = try Descriptor.socketPair()
        defer { Descriptor.close(theirs) }
        let command = command(
            workspace: workspace, agentDirectory: agentDirectory, folders: folders,
            machine: usesMachine ? supplies.machine : nil)
        var descriptors = [0: null, 1: log, 2: log, Agent.controlDescriptor: theirs]
        if let terminal { descriptors[Agent.terminalDescriptor] = terminal.inside }
        do {
            let process = try ChildProcess.spawn(
                command[0],
                arguments: Array(command.dropFirst()),
                environment: environment(home: home),
                directory: workspace,
                descriptors: descriptors
            )
            return Workbench(
                process: process,
                socket: mine,
                directory: root,
                statusDirectory: isolation.isPrivate ? SandboxArguments.agentDirectory : agentDirectory,
                cancellation: cancellation
            )
        } catch {
            Descriptor.close(mine)
            throw CouldNotRun("\(command[0]) could not be started: \(error)")
        }
    }

    /// Where the files of the guide called `name` lie, as seen from outside.
    func workspace(_ name: String) -> String {
        "\(directory.path)/\(name)/workspace"
    }

    /// Puts what belongs into a home there, where there is no sandbox to show it.
    private func link(_ folders: [String: String], into home: String) throws(CouldNotRun) {
        for (inside, outside) in folders where inside.hasPrefix(SandboxArguments.home + "/") {
            let path = home + inside.dropFirst(SandboxArguments.home.count)
            try Folder.make(Folder.parent(of: path))
            guard symlink(outside, path) == 0 else {
                throw CouldNotRun("\(path) cannot be made: \(Errno(rawValue: errno))")
            }
        }
    }

    private func command(
        workspace: String, agentDirectory: String, folders: Set<String>, machine: MachineAccess?
    ) -> [String] {
        let folder = "\(directory.path)/bin"
        switch isolation {
        case .bubblewrap(let path, _):
            let own = Array(SandboxArguments.accountFiles.keys) + Array(supplies.files.keys)
            let files = own.map { ($0, directory.path + $0) }
            return [path]
                + SandboxArguments.guide(
                    workspace: workspace,
                    agentDirectory: agentDirectory,
                    tools: folder,
                    files: Dictionary(uniqueKeysWithValues: files),
                    folders: supplies.folders.merging(folders.map { ($0, $0) }) { $1 },
                    executables: Set(tools.values).union(supplies.executables).union([executable]),
                    machine: machine
                )
                + [executable, "workbench-agent", shell, SandboxArguments.agentDirectory]
        case .none:
            return [executable, "workbench-agent", shell, agentDirectory]
        }
    }

    /// All that a command finds in its environment; nothing of the caller's own.
    private func environment(home: String) -> [String: String] {
        let tools = isolation.isPrivate ? SandboxArguments.tools : "\(directory.path)/bin"
        return [
            "PATH": Self.searchPath(tools: tools).joined(separator: ":"),
            "HOME": isolation.isPrivate ? SandboxArguments.home : home,
            "USER": "launchpad",
            "LOGNAME": "launchpad",
            "SHELL": shell,
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TZ": "UTC",
        ].merging(supplies.environment) { own, _ in own }
    }

    private static func write(_ contents: [UInt8], mode: UInt16, to path: String) throws(CouldNotRun) {
        try Folder.make(Folder.parent(of: path))
        do throws(Errno) {
            let descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            defer { Descriptor.close(descriptor) }
            try Descriptor.writeAll(contents, to: descriptor)
            // Set apart from creation, which the umask would cut down.
            fchmod(descriptor, mode_t(mode))
        } catch {
            throw CouldNotRun("\(path) cannot be written: \(error)", help: Folder.help(error.rawValue))
        }
    }
}
