import Guides

extension ScenarioBuilder {
    /// Reports what in an expectation can't mean what its author thinks.
    mutating func validate(_ expectation: Expectation, indentation: Int) {
        switch expectation.mode {
        case .regex: validateRegexes(expectation, indentation)
        case .json: validateJSON(expectation, indentation)
        case .exact, .unordered, .contains: break
        }
        if expectation.mode != .regex { validatePlaceholders(expectation, indentation) }
        if expectation.mode == .contains, expectation.significantLines.isEmpty, let first = expectation.lines.first {
            report(
                "nothing-expected",
                "\"match=contains\" with nothing to look for matches everything",
                SourceRange(line: first.number, column: 1),
                help: "show a line that the output must contain"
            )
        }
    }

    private mutating func validateRegexes(_ expectation: Expectation, _ indentation: Int) {
        for line in expectation.significantLines where line.text != "..." {
            do throws(LineRegex.Problem) {
                _ = try LineRegex(line.text)
            } catch {
                report(
                    "bad-regex",
                    "this line is no regular expression: \(error.message)",
                    SourceRange(line: line.number, column: indentation + error.offset + 1),
                    help:
                        "match=regex takes POSIX extended regular expressions, one for each whole line, and \\d, \\s, \\w"
                )
            }
        }
    }

    private mutating func validateJSON(_ expectation: Expectation, _ indentation: Int) {
        let lines = expectation.significantLines
        guard let first = lines.first else { return }
        do throws(JSONText.Problem) {
            _ = try JSONText.values(in: lines.map(\.text).joined(separator: "\n").utf8)
        } catch {
            report(
                "bad-json",
                "what is shown here is not JSON: \(error.message)",
                SourceRange(line: first.number + error.line - 1, column: indentation + error.column),
                help: "placeholders stand in strings: \"[id:nuid]\"; \"...\" is any value, or any number of elements"
            )
        }
    }

    private mutating func validatePlaceholders(_ expectation: Expectation, _ indentation: Int) {
        for line in expectation.lines {
            for candidate in Placeholders.candidates(in: line.text) {
                let range = SourceRange(
                    line: line.number,
                    column: indentation + candidate.offset + 1,
                    length: candidate.length
                )
                guard let type = PlaceholderType(rawValue: candidate.type) else {
                    reportUnknownType(candidate, range)
                    continue
                }
                validateName(candidate.name, type, range)
            }
        }
    }

    private mutating func reportUnknownType(_ candidate: Placeholders.Candidate, _ range: SourceRange) {
        let types = PlaceholderType.allCases.map(\.rawValue)
        let others = ["integer": "int", "number": "int", "size": "bytes", "date": "time", "timestamp": "time"]
        let known = others[candidate.type.lowercased()] ?? nearestName(to: candidate.type, among: types)
        guard let known, Placeholders.isName(candidate.name) else { return }
        report(
            "unknown-placeholder-type",
            "\"\(candidate.type)\" is no type of placeholder, so this is compared as literal text",
            range,
            severity: .warning,
            help: "did you mean [\(candidate.name):\(known)]? types: \(types.joined(separator: ", "))"
        )
    }

    private mutating func validateName(_ name: String, _ type: PlaceholderType, _ range: SourceRange) {
        guard Placeholders.isName(name) else {
            // A number before the colon is an address or a count, not a name.
            guard name.contains(where: \.isLetter), name.first?.isNumber == false else { return }
            report(
                "bad-placeholder-name",
                "\"\(name)\" can't name a placeholder: its value becomes a shell variable",
                range,
                help: "use letters, digits and underscores"
            )
            return
        }
        if Self.reservedNames.contains(name) {
            report(
                "bad-placeholder-name",
                "a placeholder named \"\(name)\" would overwrite a variable that the shell needs",
                range,
                help: "choose another name"
            )
        } else if let first = placeholders[name] {
            guard first.type != type else { return }
            report(
                "placeholder-type-changed",
                "[\(name):\(type.rawValue)] can't be equal to [\(name):\(first.type.rawValue)]",
                range,
                help: "a name that is used again stands for the same value; give this one another name",
                notes: [
                    Diagnostic.Note(
                        "first used here", file: guide.path, range: SourceRange(line: first.line, column: 1))
                ]
            )
        } else {
            placeholders[name] = (type, range.start.line)
        }
    }

    private static let reservedNames: Set<String> = [
        "PATH", "HOME", "IFS", "PWD", "OLDPWD", "SHELL", "USER", "TMPDIR", "TERM", "LANG", "UID", "EUID", "PPID",
        "BASHOPTS",
        "BASHPID", "SHELLOPTS", "RANDOM", "SECONDS", "LINENO", "HOSTNAME", "PS1", "PS2", "PS4", "ENV", "BASH_ENV",
        "LD_PRELOAD", "LD_LIBRARY_PATH",
    ]
}
