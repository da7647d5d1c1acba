#!/usr/bin/env bash
# Fuzzes the frame scanner, the subject matcher, the configuration parser and the way from Markdown to pages.
#
#   Fuzzing/fuzz.sh [SECONDS [TARGET...]]      60 seconds for each of frames, subjects, config and pages by default
#
# Inputs that reach something new are kept in Fuzzing/.build/corpus; the committed corpus is where a run starts. An input
# that breaks something is left in Fuzzing/.build, and its name is printed.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- frames subjects config pages

for target in "$@"; do
    # Pages have an executable of their own.
    fuzz=(Fuzz "$target")
    [ "$target" != pages ] || fuzz=(FuzzPages)
    "${SWIFT:-swift}" build -c release --product "${fuzz[0]}"
    echo "==> $target, $seconds seconds"
    mkdir -p ".build/corpus/$target"
    # Leaks are not looked for: the process ends with whatever Swift's runtime keeps.
    ASAN_OPTIONS=detect_leaks=0 ".build/release/${fuzz[0]}" "${fuzz[@]:1}" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix=.build/ ".build/corpus/$target" "Corpus/$target" 2>&1 |
        grep -Ev '^#[0-9]+.*(NEW|REDUCE|pulse)'
done
