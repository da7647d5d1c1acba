import Foundation
import TestSupport
import Testing

@Suite("launchpad init, doctor, completions and manual")
struct InstallTests {
    private func launchpad(_ arguments: String..., in folder: TemporaryDirectory) async throws -> CommandResult {
        try await runCommand([launchpadExecutable] + arguments, in: folder.path)
    }

    @Test("a new project is tangled, proven and published as it is, and is not made twice")
    func initialize() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("shop/.gitignore", "/node_modules/")
        let made = try await launchpad("init", "shop", "--title", "The \"Shop\"", in: folder)
        #expect(made.status == 0, "\(made.error)")
        #expect(try folder.read("shop/.gitignore") == "/node_modules/\n/.launchpad/\n/site/public/\n")
        for command in ["tangle", "check"] {
            let result = try await launchpad(command, "--root", "shop", in: folder)
            #expect(result.status == 0, "\(result.output)\(result.error)")
        }
        let built = try await launchpad("build", "--strict", "--root", "shop", in: folder)
        #expect(built.status == 0, "\(built.error)")
        #expect(try folder.read("shop/site/public/index.html").contains("The &quot;Shop&quot;"))

        let before = try folder.read("shop/docs/index.md")
        let again = try await launchpad("init", "shop", in: folder)
        #expect(again.status == 1)
        #expect(again.error.contains("shop/launchpad.yml is there already"))
        #expect(try folder.read("shop/docs/index.md") == before)
    }

    @Test("doctor names what there is, and the tools that guides name and this machine lacks, with their places")
    func doctor() async throws {
        let folder = try TemporaryDirectory()
        let bare = try await launchpad("doctor", in: folder)
        #expect(bare.status == 0)
        for subject in [
            "launchpad    0.", "isolation    ", "bash         ", "workspaces   in ", "project      none here",
        ] {
            #expect(bare.output.contains(subject), "\(subject): \(bare.output)")
        }
        try folder.write("docs/a.md", "# A\n\n```console tool=no-such-tool\n$ no-such-tool\n```\n")
        let project = try await launchpad("doctor", in: folder)
        #expect(
            project.output.contains("no-such-tool not on the path; its examples are not run: docs/a.md:3; to get it: "))
        let plain = try folder.write("plain", "")
        let broken = try await runCommand(
            [launchpadExecutable, "doctor"], in: folder.path, environment: ["TMPDIR": plain])
        #expect(broken.status == 3)
        #expect(broken.output.contains("workspaces   \(plain) cannot be written to"))
    }

    @Test("shells complete commands, options and their values with their scripts", arguments: ["bash", "fish"])
    func completes(shell: String) async throws {
        let folder = try TemporaryDirectory()
        try folder.write("script", try await launchpad("completions", shell, in: folder).output)
        // Words as typed, the last one unfinished; and what the shell offers for it.
        let cases: [(typed: [String], offered: Set<String>)] = [
            (["chec"], ["check"]), (["check", "--fo"], ["--force", "--format"]),
            (["check", "--format", "s"], ["sarif", "summary"]), (["ledger", "m"], ["merge"]),
        ]
        for (typed, offered) in cases {
            let line = (["launchpad"] + typed).joined(separator: " ")
            let bash = """
                COMP_WORDS=(\(line)) COMP_CWORD=\(typed.count) COMP_LINE='\(line)' COMP_POINT=\(line.utf8.count)
                _launchpad launchpad \(typed.last ?? "") \(typed.dropLast().last ?? "launchpad")
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let asking = shell == "bash" ? bash : "complete -C '\(line)'"
            let result = try await runCommand([shell, "-c", "source ./script\n\(asking)"], in: folder.path)
            let words = result.output.split(separator: "\n").compactMap {
                $0.split(separator: "\t").first.map(String.init)
            }
            #expect(Set(words) == offered, "\(shell): \(line): \(result.output)\(result.error)")
        }
    }

    @Test("zsh completes what is typed at a terminal")
    func completesInZsh() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("functions/_launchpad", try await launchpad("completions", "zsh", in: folder).output)
        try folder.write(
            ".zshrc", "PS1='ready> '\nfpath=($PWD/functions $fpath)\nautoload -Uz compinit\ncompinit -u -d $PWD/dump\n")
        let terminal = try await TerminalSession(["env", "ZDOTDIR=\(folder.path)", "zsh"], in: folder.path)
        try await terminal.wait(for: "ready> ")
        try await terminal.press("launchpad che", "Tab")
        try await terminal.wait(for: "ready> launchpad check")
        try await terminal.press("--ou", "Tab")
        try await terminal.wait(for: "--output  -- Write the report to a file")
    }

    @Test("completion scripts name every command, and bash reads its one")
    func completions() async throws {
        let folder = try TemporaryDirectory()
        for shell in ["bash", "zsh", "fish"] {
            let script = try await launchpad("completions", shell, in: folder)
            #expect(script.status == 0)
            for command in ["tangle", "stitch", "check", "why", "watch", "init"] {
                #expect(script.output.contains(command), "\(shell): \(command)")
            }
            #expect(!script.output.contains("workbench-agent"), "\(shell)")
            if shell == "bash" {
                try folder.write("script", script.output)
                #expect(try await runCommand(["bash", "-n", "script"], in: folder.path).status == 0)
            }
        }
    }

    @Test("there is a manual page for every command, without an error that groff would tell")
    func manual() async throws {
        let folder = try TemporaryDirectory()
        #expect(try await launchpad("manual", "--output", "man", in: folder).status == 0)
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/man")
        #expect(
            Set(pages).isSuperset(of: ["launchpad.1", "launchpad-check.1", "launchpad-stitch.1", "launchpad-init.1"]))
        #expect(!pages.contains("launchpad-workbench-agent.1"))
        for page in pages {
            let text = try folder.read("man/\(page)")
            #expect(text.hasPrefix(".TH \"LAUNCHPAD"))
            let read = try await runCommand(["groff", "-man", "-Tutf8", "-ww", "man/\(page)"], in: folder.path)
            #expect(read.status == 0 && read.error.isEmpty, "\(page): \(read.error)")
            if page == "launchpad-check.1" {
                #expect(text.contains("launchpad\\-check \\- Prove the guides"))
                #expect(text.contains("\\fB\\-\\-force\\fR"))
            }
        }
        let unknown = try await launchpad("manual", "chek", in: folder)
        #expect(unknown.status == 64)
        #expect(unknown.error.contains("did you mean \"check\"?"))
    }

    @Test("installing puts executable, pages and completions where they are looked for")
    func install() async throws {
        let folder = try TemporaryDirectory()
        let script = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Scripts/install.sh").standardized
            .path
        let result = try await runCommand([script, launchpadExecutable, folder.path + "/usr"], in: folder.path)
        #expect(result.status == 0, "\(result.error)")
        for file in [
            "share/man/man1/launchpad-check.1", "share/bash-completion/completions/launchpad",
            "share/zsh/site-functions/_launchpad", "share/fish/vendor_completions.d/launchpad.fish",
            "share/doc/launchpad/copyright",
        ] { #expect(folder.exists("usr/" + file), "\(file)") }
        let version = try await runCommand([folder.path + "/usr/bin/launchpad", "--version"], in: folder.path)
        #expect(version.status == 0)
    }
}
