#!/usr/bin/env bash
# Runs the broker under a sanitizer while random clients connect, subscribe, publish and vanish.
#
#   Fuzzing/soak.sh [SECONDS [thread|address...]]      60 seconds under each by default
#
# The server has TLS, WebSockets, monitoring and streams; meanwhile it is told to reload another configuration each second, and
# clients shake hands by TLS in earnest where there is an openssl. In the end it becomes a lame duck while clients still come.
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
"$swift" build -c release --package-path Fuzzing --product LockOrder
work=$(mktemp -d)
server= helpers=
end() {
    local one
    for one in $server $helpers; do kill "$one" 2>/dev/null || true; done
    rm -rf "$work"
}
trap end EXIT

# What the server is told: CHANGING is what a reload changes.
configure() { # CHANGING
    cat <<END
listen: "127.0.0.1:-1"
http: "127.0.0.1:-1"
websocket { listen: "127.0.0.1:-1", no_tls: true, compression: true }
jetstream { store_dir: "$work/streams", max_mem: 64MB, max_file: 256MB }
$([ -e "$work/certificate.pem" ] && echo "tls { cert_file: \"$work/certificate.pem\", key_file: \"$work/key.pem\", timeout: 1 }")
$([ -e "$work/certificate.pem" ] && echo "allow_non_tls: true")
max_pending: 4MB
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
$1
END
}

port() { # NAME FILE
    grep -oE "\"$1\":\[\"[^\"]*" "$2" | grep -oE '[0-9]+$'
}

reload_again_and_again() {
    while true; do
        for changing in 'max_payload: 12000, write_deadline: "1s"' 'max_payload: 9000, ping_interval: "20s", max_control_line: 2048' \
            'max_payload: 12000, trace: true, max_traced_msg_len: 20' 'max_payload: 12000, server_tags: [soak], max_connections: 5000'; do
            sleep 1
            configure "$changing" >"$work/next" && mv "$work/next" "$work/nats.conf"
            kill -HUP "$server" 2>/dev/null || return 0
        done
    done
}

shake_hands() { # PORT
    while kill -0 "$server" 2>/dev/null; do
        { printf 'CONNECT {"verbose":false}\r\nSUB soak.> 1\r\nPUB soak.a 2\r\nhi\r\n'; sleep 0.3; } |
            timeout 2 openssl s_client -quiet -connect "127.0.0.1:$1" >/dev/null 2>&1 || true
    done
}

for sanitizer in "$@"; do
    "$swift" build --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" --product launchpad
    rm -rf "${work:?}"/*
    if command -v openssl >/dev/null; then
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
            -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
    fi
    configure 'max_payload: 12000, write_deadline: "1s"' >"$work/nats.conf"
    # A report is written to a file, and makes the exit status 66.
    options="log_path=$work/report exitcode=66"
    # The thread sanitizer is told of mutexes: see Sources/LockOrder.
    order=
    if [ "$sanitizer" = thread ] && [ "$(uname -s)" = Linux ]; then order=$PWD/Fuzzing/.build/release/libLockOrder.so; fi
    LD_PRELOAD=$order TSAN_OPTIONS="$options" ASAN_OPTIONS="$options detect_leaks=0" ".build-$sanitizer/debug/launchpad" nats-server \
        --ports_file_dir "$work" -c "$work/nats.conf" -l "$work/log" &
    server=$!
    ports=$work/nats-server_$server.ports
    for _ in $(seq 600); do
        [ -e "$ports" ] && break
        kill -0 "$server" || { cat "$work/log"; exit 1; }
        sleep 0.1
    done
    clients=$(port nats "$ports" || port tls "$ports")
    listeners=("$clients" "$(port websocket "$ports")" "$(port monitoring "$ports")")
    echo "==> $seconds seconds under the $sanitizer sanitizer"
    reload_again_and_again & helpers=$!
    [ ! -e "$work/certificate.pem" ] || { shake_hands "$clients" & helpers="$helpers $!"; }
    status=0
    Fuzzing/.build/release/natssoak "${listeners[@]}" "$seconds" "$RANDOM" || status=1
    if [ "$status" -eq 0 ]; then
        Fuzzing/.build/release/natssoak -e "${listeners[@]}" 60 "$RANDOM" & ending=$!
        sleep 1
        kill -USR2 "$server"
        wait "$ending" || status=1
    else
        kill -TERM "$server"
    fi
    for helper in $helpers; do kill "$helper" 2>/dev/null || true; done
    wait "$server" || status=1
    server= helpers=
    for report in "$work"/report*; do
        [ -e "$report" ] || continue
        status=1
        cat "$report"
    done
    [ "$status" -eq 0 ] || { tail -n 20 "$work/log"; echo "error: the soak under the $sanitizer sanitizer failed" >&2; exit 1; }
    echo "$(grep -c 'Reloaded server configuration' "$work/log") reloads, no report"
done
