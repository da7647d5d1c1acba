#!/usr/bin/env bash
# Runs the broker under a sanitizer while random clients connect, subscribe, publish and vanish.
#
#   Fuzzing/soak.sh [SECONDS [thread|address...]]      60 seconds under each by default
#
# Builds the executable once for each sanitizer, in .build-thread and .build-address. Exit status 1 where a sanitizer has
# reported something, or where the server did not do what it must.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- thread address

swift=${SWIFT:-swift}
"$swift" build -c release --package-path Fuzzing --product natssoak
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

for sanitizer in "$@"; do
    "$swift" build --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" --product launchpad
    rm -f "$work"/*
    # A report is written to a file, and makes the exit status 66.
    options="log_path=$work/report exitcode=66"
    printf 'max_payload: 12000\nmax_pending: 4MB\nwrite_deadline: "1s"\n' >"$work/nats.conf"
    TSAN_OPTIONS="$options" ASAN_OPTIONS="$options detect_leaks=0" ".build-$sanitizer/debug/launchpad" nats-server \
        -a 127.0.0.1 -p -1 --ports_file_dir "$work" -c "$work/nats.conf" -l "$work/log" &
    server=$!
    ports=$work/nats-server_$server.ports
    for _ in $(seq 600); do
        [ -e "$ports" ] && break
        kill -0 "$server" || { cat "$work/log"; exit 1; }
        sleep 0.1
    done
    port=$(grep -oE '[0-9]+"' "$ports" | head -n 1 | tr -d '"')
    echo "==> $seconds seconds under the $sanitizer sanitizer"
    status=0
    Fuzzing/.build/release/natssoak "$port" "$seconds" "$RANDOM" || status=1
    kill -TERM "$server"
    wait "$server" || status=1
    server=
    for report in "$work"/report*; do
        [ -e "$report" ] || continue
        status=1
        cat "$report"
    done
    [ "$status" -eq 0 ] || { tail -n 20 "$work/log"; echo "error: the soak under the $sanitizer sanitizer failed" >&2; exit 1; }
    echo "no report"
done
