extension CheckScriptRuntime {
    /// Comparing JSON, for the guides that need it. Bash hands that to python3.
    static let json = #"""
        # match_json STEP: compares as JSON; numbers by value, keys in any order, placeholders in strings.
        match_json() {
            local captured name value
            if ! command -v python3 >/dev/null; then
                reason="SKIP comparing JSON needs python3"
                return 1
            fi
            printf '%s\n' "${output[@]}" >"$temporary/json.out"
            for name in "${!values[@]}"; do printf '%s=%s\n' "$name" "${values[$name]}"; done >"$temporary/json.values"
            captured=$(python3 - "${shown[$1]}" "$temporary" 2>"$temporary/json.why" <<'PYTHON'
        import decimal, json, re, sys

        shown, folder = sys.argv[1:]
        values = dict(line.rstrip("\n").split("=", 1) for line in open(folder + "/json.values"))
        date = r"\d{4}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])"
        clock = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:[.,]\d+)?"
        types = {
            "int": r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)",
            "nuid": r"[0-9A-Za-z]{22}",
            "duration": r"[-+]?(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|[smhdwy]))+",
            "bytes": r"\d[\d,]*(?:\.\d+)? ?(?:B|[kKMGTPE]i?B?)",
            "time": rf"(?:{date}[Tt ]{clock}(?:Z|z|[-+]\d\d:\d\d| [-+]\d{{4}}(?: [A-Z]{{3,5}})?)?|{clock}|{date})",
        }
        # Where the first difference is, and which.
        difference = []
        place = re.compile(r"\[\.\.\]|\[([A-Za-z_]\w*):(int|nuid|duration|bytes|time)\]")


        def read(text):
            decoder, found = json.JSONDecoder(parse_float=decimal.Decimal), []
            text = text.strip()
            while text:
                value, end = decoder.raw_decode(text)
                found.append(value)
                text = text[end:].lstrip()
            return found


        def text_matches(pattern, text):
            if pattern == text:
                return True
            regex, last, names = "", 0, {}
            for hit in place.finditer(pattern):
                regex += re.escape(pattern[last : hit.start()])
                last, name = hit.end(), hit.group(1)
                if name is None:
                    regex += ".*?"
                elif name in values:
                    regex += re.escape(values[name])
                elif name in names:
                    regex += f"(?P={name})"
                else:
                    names[name] = True
                    regex += f"(?P<{name}>{types[hit.group(2)]})"
            found = re.fullmatch(regex + re.escape(pattern[last:]), text, re.S | re.A)
            if found:
                values.update(found.groupdict())
            return found is not None


        def differ(text):
            if not difference:
                difference.append(text)
            return False


        def summary(value):
            text = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
            return text if len(text) <= 80 else text[:79] + "…"


        def list_matches(patterns, printed, path, index=0):
            if not patterns:
                return not printed or differ(f"{path}[{index}] is not shown: {summary(printed[0])}")
            if patterns[0] == "...":
                found = list(difference)
                for skip in range(len(printed) + 1):
                    if list_matches(patterns[1:], printed[skip:], path, index + skip):
                        difference[:] = found
                        return True
                return False
            if not printed:
                return differ(f"{path}[{index}] is missing: {summary(patterns[0])}")
            return matches(patterns[0], printed[0], f"{path}[{index}]") and list_matches(
                patterns[1:], printed[1:], path, index + 1
            )


        def matches(pattern, printed, path):
            if pattern == "...":
                return True
            same = isinstance(pattern, bool) == isinstance(printed, bool) and pattern == printed
            if isinstance(pattern, str):
                if isinstance(printed, str):
                    same = text_matches(pattern, printed)
                elif not isinstance(printed, (dict, list)) and place.fullmatch(pattern):
                    word = {True: "true", False: "false", None: "null"}
                    known = printed is None or isinstance(printed, bool)
                    same = text_matches(pattern, word[printed] if known else str(printed))
            elif isinstance(pattern, dict) and isinstance(printed, dict):
                for key in pattern:
                    step = f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)}]"
                    if key == "...":
                        continue
                    if key not in printed:
                        return differ(f"{step} is missing")
                    if not matches(pattern[key], printed[key], step):
                        return False
                more = [] if "..." in pattern else [key for key in printed if key not in pattern]
                return not more or differ(f"{path}.{more[0]} is not shown")
            elif isinstance(pattern, list) and isinstance(printed, list):
                return list_matches(pattern, printed, path)
            return same or differ(f"{path}: expected {summary(pattern)}, got {summary(printed)}")


        try:
            patterns, printed = read(shown), read(open(folder + "/json.out").read())
        except ValueError as error:
            sys.exit(f"the output is not JSON: {error}")
        if len(patterns) != len(printed):
            sys.exit(f"{len(patterns)} JSON values are shown, {len(printed)} were printed")
        if not all(matches(*pair, "$") for pair in zip(patterns, printed)):
            sys.exit(difference[0])
        for name, value in values.items():
            print(f"{name}={value}")
        PYTHON
            ) || {
                reason=$(tail -n 1 "$temporary/json.why")
                return 1
            }
            while IFS='=' read -r name value; do [[ -z $name ]] || values[$name]=$value; done <<<"$captured"
        }

        """#
}
