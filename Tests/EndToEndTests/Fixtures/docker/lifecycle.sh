#!/usr/bin/env bash
# Runs the guide of this folder on the Docker engine that answers, and says what is left of it. Somebody else's container and
# volume are there all the time.
#
#   lifecycle.sh LAUNCHPAD MARK
set -euo pipefail
launchpad=$1
mark=$2
project=lifecycle$mark
image=lifecycle.test/box:1
label=label=com.docker.compose.project=$project

# An image with a shell that sleeps: no registry is asked.
root=$(mktemp -d)
for program in sh sleep; do
    program=$(readlink -f "$(type -P "$program")")
    mkdir -p "$root/bin"
    cp "$program" "$root/bin/"
    for library in $(ldd "$program" | grep -o '/[^ ]*'); do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done
done
[ -e "$root/bin/sh" ] || mv "$root"/bin/*sh "$root/bin/sh"
tar -C "$root" -c . | docker import - "$image" >/dev/null
rm -rf "$root"

# Processes with the text $1 in their command lines. This script has the mark in its own.
processes() {
    local file
    for file in /proc/[0-9]*/cmdline; do
        [ "$file" = "/proc/$$/cmdline" ] || tr '\0' ' ' 2>/dev/null <"$file" | grep -F -- "$1" || true
    done
}

left() {
    docker ps --all --filter "$label" --format 'container {{.Names}}'
    docker network ls --filter "$label" --format 'network {{.Name}}'
    docker volume ls --filter "$label" --format 'volume {{.Name}}'
    processes "$mark" | grep -v "lifecycle\.sh\|${mark}9" | sed 's/^/process /' || true
    find "$TMPDIR" -mindepth 2 2>/dev/null | sed 's/^/file /' || true
}

# await WHAT COMMAND…: until the command succeeds, for a minute.
await() {
    local what=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then
            echo "$what did not come; left: $(left)"
            exit 1
        fi
        sleep 0.1
    done
}
is_gone() { [ -z "$(left)" ]; }
has_container() { [ -n "$(docker ps --all --quiet --filter "$label")" ]; }
has_process() { [ -n "$(processes "$1")" ]; }

other=other$mark
finish() {
    docker rm --force --volumes "$other" >/dev/null 2>&1 || true
    docker volume rm --force "$other" >/dev/null 2>&1 || true
    docker image rm --force "$image" >/dev/null 2>&1 || true
}
trap finish EXIT
docker run --detach --name "$other" --volume "$other:/other" "$image" sleep "${mark}9" >/dev/null

"$launchpad" tangle >/dev/null
"$launchpad" check --engine docker --only works --format tap | grep -E '^(not )?ok' || true
await "the end" is_gone
echo "after the run: nothing is left"

# killed MOMENT BLOCK SIGN…: kills a run as soon as there is a sign of the moment.
killed() {
    local moment=$1 block=$2 run
    shift 2
    "$launchpad" check --engine docker --only "$block" >/dev/null 2>&1 &
    run=$!
    await "$moment" "$@"
    kill -KILL "$run"
    wait "$run" 2>/dev/null || true
    await "the end" is_gone
    echo "killed $moment: nothing is left"
}
killed "while services start" up has_container
killed "while a command runs" up has_process "${mark}2"
killed "while a service stops" stop has_process "stop -t 60 first"
killed "while a container of its own runs" run has_process "${mark}3"

# What has the guide's names is somebody else's.
compose() {
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}
compose --file ops/compose.yml up --detach >/dev/null 2>&1
"$launchpad" check --engine docker --only works --format tap | grep -oE 'not run: the project [a-z]+' || true
compose --file ops/compose.yml ps --services | sort
compose --file ops/compose.yml down --volumes >/dev/null 2>&1

docker ps --filter "name=$other" --format '{{.Status}}' | cut -d ' ' -f 1
docker volume ls --quiet --filter "name=$other" | wc -l
