#!/usr/bin/env bash
# Runs a command with a Docker engine: the one that answers here, else one of its own, which ends with the command.
#
#   Scripts/with-docker.sh COMMAND…
#
# An engine of its own lives in private namespaces: its network is a loopback interface, its sockets and mounts are seen by nobody
# else, and the kernel ends it with the command. It needs root, and dockerd on the path. Its images are kept in .build-tools/docker.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=.build-tools

# The Compose plugin, where it is the one that make has installed.
if [ -x "$tools/engines/bin/docker-compose" ]; then
    export PATH="$PWD/$tools/engines/bin:$PATH"
fi

if docker info >/dev/null 2>&1; then
    exec "$@"
fi
if [ "$(id -u)" -ne 0 ] || ! command -v dockerd >/dev/null; then
    echo "==> No Docker engine answers, and none can be started here (that needs root and dockerd): going on without" >&2
    exec "$@"
fi

mkdir -p "$tools/docker"
# Two engines must not have one folder.
exec 9>"$tools/docker.lock"
flock 9
unset DOCKER_HOST DOCKER_CONTEXT
# shellcheck disable=SC2016 # for the shell inside
exec unshare --net --mount --pid --fork --mount-proc --kill-child bash -c '
set -euo pipefail
data=$1
shift
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/dockerd
dockerd --host unix:///run/docker.sock --data-root "$data" --exec-root /run/dockerd --pidfile /run/dockerd.pid \
    9>&- >"$data.log" 2>&1 &
engine=$!
tries=0
until docker info >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$engine" 2>/dev/null; then
        echo "error: the Docker engine did not start; its log is $data.log" >&2
        tail -5 "$data.log" >&2
        exit 1
    fi
    sleep 0.1
done
status=0
"$@" || status=$?
kill "$engine"
wait "$engine" || true
exit "$status"
' with-docker "$PWD/$tools/docker" "$@"
