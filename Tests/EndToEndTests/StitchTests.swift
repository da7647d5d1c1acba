import Foundation
import TestSupport
import Testing

@Suite("launchpad stitch, and drift in words")
struct StitchTests {
    private let project: ProjectFixture

    init() async throws {
        project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
    }

    @Test("an edit in a file goes into its guide, is shown as a diff of it, and leaves no drift")
    func carries() async throws {
        try project.edit(in: "ops/shop.conf", "max_payload: 64KB", "max_payload: 32KB # enough")
        let shown = try await project.launchpad("stitch", "--dry-run")
        #expect(shown.output.contains("+max_payload: 32KB # enough"))
        #expect(try project.directory.read(ProjectFixture.guide).contains("64KB"))
        let result = try await project.launchpad("stitch")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("ops/shop.conf: the edit is carried into docs/shop.md\n"))
        #expect(try project.directory.read(ProjectFixture.guide).contains("\nmax_payload: 32KB # enough\n```"))
        #expect(try await project.launchpad("tangle", "--check").status == 0)
        #expect(try await project.launchpad("stitch").output == "no file was edited\n")
    }

    @Test("edits of both sides are merged; of the same line they are a conflict with both sides")
    func merges() async throws {
        try project.edit(in: "ops/shop.conf", "max_payload: 64KB", "max_payload: 32KB")
        try project.edit("server_name: shop", "server_name: store")
        let merged = try await project.launchpad("stitch", "ops/shop.conf")
        #expect(merged.output.contains("the edit is merged with what changed in docs/shop.md"))
        #expect(try project.directory.read("ops/shop.conf").contains("server_name: store\n"))
        #expect(try await project.launchpad("tangle", "--check").status == 0)

        try project.edit(in: "ops/shop.conf", "max_payload: 32KB", "max_payload: 16KB")
        try project.edit("max_payload: 32KB", "max_payload: 8KB")
        let line = try project.line(of: "max_payload: 8KB")
        let conflict = try await project.launchpad("stitch")
        #expect(conflict.status == 1)
        #expect(
            conflict.error.hasPrefix(
                """
                tangled last
                    max_payload: 32KB
                docs/shop.md:\(line)
                  - max_payload: 8KB
                ops/shop.conf:4
                  + max_payload: 16KB
                """), "\(conflict.error)")
        #expect(try await project.launchpad("stitch", "--take", "file").status == 0)
        #expect(try project.directory.read(ProjectFixture.guide).contains("max_payload: 16KB"))
    }

    @Test("in a fresh clone, what was committed tells which side moved")
    func freshClone() async throws {
        func git(_ arguments: String...) async throws {
            let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
            let result = try await runCommand(["git"] + identity + arguments, in: project.directory.path)
            try #require(result.status == 0, "\(result.error)")
        }
        try await git("init", "--quiet")
        try await git("add", "docs", "ops")
        try await git("commit", "--quiet", "--message", "All of it")
        try FileManager.default.removeItem(atPath: "\(project.directory.path)/.launchpad")
        try project.edit(in: "ops/shop.conf", "max_payload: 64KB", "max_payload: 32KB")
        try project.edit("server_name: shop", "server_name: store")
        let merged = try await project.launchpad("stitch")
        #expect(merged.status == 0, "\(merged.error)")
        #expect(merged.output.contains("the edit is merged with what changed in docs/shop.md"))
        #expect(try await project.launchpad("tangle", "--check").status == 0)
    }

    @Test("a check script is no file to edit, and a file that no guide describes is a usage error")
    func refusals() async throws {
        try project.edit(in: "ops/checks/shop.sh", "run_blocks \"$@\"", "exit 0")
        let result = try await project.launchpad("stitch")
        #expect(result.status == 1)
        #expect(result.error.contains("ops/checks/shop.sh is left alone: Launchpad makes it out of the commands"))
        #expect(try await project.launchpad("stitch", "ops/shop.cnf").status == 64)
        try FileManager.default.removeItem(atPath: project.directory.path + "/ops/shop.conf")
        let gone = try await project.launchpad("stitch", "ops/shop.conf")
        #expect(gone.output == "ops/shop.conf is missing; run: launchpad tangle\nno file was edited\n")
    }

    @Test("drift of NATS configuration, YAML and JSON is told setting by setting, beside the diff")
    func meaning() async throws {
        try project.directory.write(
            "docs/more.md",
            """
            # More

            ```conf file=ops/more.conf
            jetstream { max_file_store: 1GB, store_dir: "/data" }
            accounts { A { users: [ { user: a, permissions: { publish: "A.>" } } ] } }
            ```

            ```yaml file=ops/more.yml
            services:
              nats: { image: "nats:2" }
            ```

            ```json file=ops/more.json
            { "name": "EVENTS", "subjects": ["a.>", "b.>"], "limits": [1, { "bytes": 2 }, 3] }
            ```

            ```yaml file=ops/two.yml
            common: &common { retries: 2 }
            worker: { <<: *common, retries: 5, image: two }
            other: { <<: *common, image: two }
            ---
            kind: Service
            ports: [80, 81]
            ```

            ```conf file=ops/times.conf
            include "more.conf"
            ping_interval: "2m"
            max_payload: 1MB
            write_deadline: "2s"
            ```

            """)
        _ = try await project.launchpad("tangle")
        try project.edit(in: "ops/more.conf", "1GB", "10GB")
        try project.edit(in: "ops/more.conf", "\"A.>\"", "\">\"")
        try project.edit(in: "ops/more.yml", "nats:2", "nats:latest")
        try project.edit(in: "ops/more.json", ", \"b.>\"", "")
        try project.edit(in: "ops/more.json", "\"bytes\": 2", "\"bytes\": 1")
        try project.edit(in: "ops/two.yml", "retries: 2", "retries: 3")
        try project.edit(in: "ops/two.yml", "81]", "82]")
        try project.edit(in: "ops/times.conf", "\"2m\"", "120s")
        try project.edit(in: "ops/times.conf", "1MB", "1048576")
        try project.edit(in: "ops/times.conf", "\"2s\"", "3s")
        let drift = try await project.launchpad("tangle", "--check")
        #expect(drift.status == 2)
        #expect(drift.output.contains("  jetstream.max_file_store: 10GB → 1GB\n"), "\(drift.output)")
        #expect(drift.output.contains("  accounts.A.users[a].permissions.publish: > → A.>\n"))
        #expect(drift.output.contains("  services.nats.image: nats:latest → nats:2\n"))
        #expect(drift.output.contains("  subjects: added b.>\n"))
        #expect(drift.output.contains("  limits[1].bytes: 1 → 2\n"))
        // What an alias stands for has changed as well; times and sizes that are only written in another way have not.
        #expect(
            drift.output.contains(
                """
                  document 1: common.retries: 3 → 2
                  document 1: other.retries: 3 → 2
                  document 2: ports[1]: 82 → 81

                """))
        #expect(drift.output.contains("describes it\n  write_deadline: 3s → 2s\n---"))
        try project.directory.write("ops/more.yml", "# By hand\nservices: {nats: {image: 'nats:2'}}\n")
        let same = try await project.launchpad("tangle", "--check")
        #expect(same.output.contains("both say the same, written in another way\n"))
    }
}
