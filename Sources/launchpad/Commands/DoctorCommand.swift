import ArgumentParser
import Compose
import Guides
import Proving

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `launchpad doctor`: says what this machine has for running guides, and how to get what it lacks.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what guides can be run on here, and how to get what is missing.",
        discussion: """
            In a project it also looks for the tools that its guides name and its samples run with.

            Exit status: 0 guides can be run, 3 they cannot.
            """
    )

    @Option(help: ArgumentHelp("The project's folder; the nearest one above this folder by default.", valueName: "dir"))
    var root: String?

    func run() async throws {
        say("launchpad", "\(LaunchpadCommand.configuration.version) (\(try ExecutablePath.current()))")
        tellIsolation()
        let bash = tool("bash", ExecutableSearch.find("bash"), "guides are typed into it", package: "bash")
        let folder = tellTemporaryFolder()
        tool("git", ExecutableSearch.find("git"), "pages tell when they changed last", package: "git")
        tool(
            "nats-server", NATSServerEngine.findServer(besides: try ExecutablePath.current()),
            "only for --engine nats-server: https://github.com/nats-io/nats-server/releases", package: nil)
        tellDocker()
        await tellProject()
        if !bash || !folder { throw ExitCode(3) }
    }

    private func tellDocker() {
        do {
            say("docker", try DockerHost.find(besides: try ExecutablePath.current()).description)
        } catch let error as CouldNotRun {
            say("docker", "none for --engine docker: \(error.message)")
        } catch {
            say("docker", "none for --engine docker: \(error)")
        }
    }

    private func tellIsolation() {
        switch Isolation.detect() {
        case .bubblewrap(let path, let version):
            say(
                "isolation",
                "bubblewrap \(version) (\(path)): guides run at once, each with files, processes and ports of its own")
        case .none(let reason):
            say("isolation", "none: \(reason)")
            say("", "guides run one after another on this machine's own ports")
            for remedy in Self.isolationRemedies { say("", remedy) }
        }
    }

    /// How to get a sandbox, as this machine needs it.
    private static var isolationRemedies: [String] {
        #if os(Linux)
        guard ExecutableSearch.find("bwrap") != nil else {
            return ["to isolate them: \(PackageManager.install("bubblewrap"))"]
        }
        let settings: [(path: String, forbidding: String, command: String)] = [
            (
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            ),
            (
                "/proc/sys/kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"
            ),
            ("/proc/sys/user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=10000"),
        ]
        let found = settings.filter { setting in
            (try? FileBytes.read(setting.path)).map { String(decoding: $0, as: UTF8.self) } == setting.forbidding + "\n"
        }
        return found.isEmpty
            ? ["in a container, allow it to make user namespaces"] : found.map { "to isolate them: \($0.command)" }
        #else
        return ["isolation needs Linux"]
        #endif
    }

    private func tellTemporaryFolder() -> Bool {
        let own = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let path = own.hasPrefix("/") ? own : "/tmp"
        guard access(path, W_OK | X_OK) == 0 else {
            say("workspaces", "\(path) cannot be written to; set TMPDIR to a folder that can")
            return false
        }
        say("workspaces", "in \(path)")
        return true
    }

    /// What the guides of the project need beyond what every guide does.
    private func tellProject() async {
        let project: Project
        do {
            project = try root.map { try Project.open(root: $0) } ?? Project.locate(from: ".")
        } catch is DiagnosticsError {
            say("project", "launchpad.yml has mistakes; launchpad check tells them")
            return
        } catch {
            say("project", "none here; to make one: launchpad init")
            return
        }
        let guides = await project.loadGuides().guides
        say(
            "project",
            "\(guides.count) guide\(guides.count == 1 ? "" : "s") in \(project.root)/\(project.configuration.docs)")
        var uses: [String: [String]] = [:]
        var runners: [ProjectConfiguration.Runner: [String]] = [:]
        for guide in guides {
            for entry in guide.directives.entries + guide.blocks.flatMap(\.attributes.entries) where entry.key == "tool"
            {
                for name in entry.value.split(separator: ",").map(String.init) {
                    uses[name, default: []].append("\(guide.path):\(entry.keyRange.start.line)")
                }
            }
            for block in guide.blocks where block.kind == .sample {
                guard let runner = project.configuration.runners[block.language] else { continue }
                uses[runner.tool, default: []].append("\(guide.path):\(block.range.start.line)")
                runners[runner, default: []].append("\(guide.path):\(block.range.start.line)")
            }
        }
        for (name, places) in uses.sorted(by: { $0.key < $1.key }) where !["nats", "nats-server"].contains(name) {
            tool(
                name, ExecutableSearch.find(name, in: ExecutableSearch.systemPath),
                Self.notRun(places), package: name)
        }
        for (runner, places) in runners.sorted(by: { $0.value[0] < $1.value[0] }) {
            tellFolder(of: runner, in: project, places)
        }
    }

    private func tellFolder(of runner: ProjectConfiguration.Runner, in project: Project, _ places: [String]) {
        guard runner.folder != nil else { return }
        let path = runner.folderPath(root: project.root) { name in getenv(name).map { String(cString: $0) } }
        guard let path, (try? FolderEntry.all(in: path)) == nil else { return }
        let inside = path.hasPrefix(project.root + "/") ? String(path.dropFirst(project.root.count + 1)) : path
        say(inside, "not there; \(runner.missing.map { $0 + "; " } ?? "")\(Self.notRun(places))")
    }

    private static func notRun(_ places: [String]) -> String {
        let more = places.count > 1 ? " and \(places.count - 1) more" : ""
        return "its examples are not run: \(places[0])\(more)"
    }

    /// Says which version of a tool there is, and returns whether there is one.
    @discardableResult
    private func tool(_ name: String, _ path: String?, _ purpose: String, package: String?) -> Bool {
        guard let path else {
            say(
                name,
                "not on the path; " + purpose + (package.map { "; to get it: \(PackageManager.install($0))" } ?? ""))
            return false
        }
        let version = ToolVersion.of(path)
        say(name, version.map { "\($0) (\(path))" } ?? path)
        return true
    }

    private func say(_ subject: String, _ text: String) {
        print(subject + String(repeating: " ", count: max(1, 13 - subject.count)) + text)
    }
}

/// How programs are installed here.
private enum PackageManager {
    static func install(_ package: String) -> String {
        let managers = [
            ("apt-get", "apt install"), ("dnf", "dnf install"), ("apk", "apk add"), ("pacman", "pacman -S"),
            ("zypper", "zypper install"), ("brew", "brew install"),
        ]
        let found = managers.first { ExecutableSearch.find($0.0) != nil }
        let sudo = found?.0 == "brew" || getuid() == 0 ? "" : "sudo "
        return found.map { "\(sudo)\($0.1) \(package)" } ?? "install \(package) with the system's package manager"
    }
}
