import Proving

/// When files were changed last, as git knows it.
enum GitDates {
    /// The dates are the same as long as this is; nil where there are none.
    static func state(root: String) -> String? {
        let command = ["-C", root, "rev-parse", "--is-shallow-repository", "HEAD"]
        guard let answer = ShortCommand.run(named: "git", command), answer.status == 0 else { return nil }
        return answer.output
    }

    /// The date of the last commit that changed each file below `folder`, ISO 8601, by paths relative to `root`.
    ///
    /// One call reads all of them. Empty where there is no git or no repository, and in a shallow clone, where every file
    /// would seem to be as new as the clone's only commit.
    static func read(root: String, folder: String) -> [String: String] {
        let git = ["-C", root, "-c", "core.quotePath=false"]
        guard let shallow = ShortCommand.run(named: "git", git + ["rev-parse", "--is-shallow-repository"]),
            shallow.status == 0, shallow.output == "false\n",
            let log = ShortCommand.run(
                named: "git",
                git + ["log", "--format=>%cI", "--name-only", "--no-renames", "--relative", "--", folder]),
            log.status == 0
        else { return [:] }
        var dates: [String: String] = [:]
        var date = ""
        for line in log.output.split(separator: "\n") {
            if line.first == ">" {
                date = String(line.dropFirst())
            } else if dates[String(line)] == nil {
                dates[String(line)] = date
            }
        }
        return dates
    }
}
