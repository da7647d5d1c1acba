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


        def list_matches(patterns, printed):
            if not patterns:
                return not printed
            if patterns[0] == "...":
                return any(list_matches(patterns[1:], printed[skip:]) for skip in range(len(printed) + 1))
            return bool(printed) and matches(patterns[0], printed[0]) and list_matches(patterns[1:], printed[1:])


        def matches(pattern, printed):
            if pattern == "...":
                return True
            if isinstance(pattern, str):
                if isinstance(printed, str):
                    return text_matches(pattern, printed)
                if isinstance(printed, (dict, list)) or not place.fullmatch(pattern):
                    return False
                word = {True: "true", False: "false", None: "null"}
                known = printed is None or isinstance(printed, bool)
                return text_matches(pattern, word[printed] if known else str(printed))
            if isinstance(pattern, dict) and isinstance(printed, dict):
                keys = set(pattern) - {"..."}
                if keys - set(printed) or ("..." not in pattern and set(printed) - keys):
                    return False
                return all(matches(pattern[key], printed[key]) for key in pattern if key != "...")
            if isinstance(pattern, list) and isinstance(printed, list):
                return list_matches(pattern, printed)
            return isinstance(pattern, bool) == isinstance(printed, bool) and pattern == printed


        try:
            patterns, printed = read(shown), read(open(folder + "/json.out").read())
        except ValueError as error:
            sys.exit(f"the output is not JSON: {error}")
        if len(patterns) != len(printed) or not all(map(matches, patterns, printed)):
            sys.exit("the JSON values differ from what the guide shows")
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
