#!/bin/sh
# Waits until the guide's run has ended, for whatever reason, which is when nobody holds the other end of standard input any more.
# Then removes the containers, networks and volumes of its compose projects.
#
#   take-down DOCKER EVENTS WORKSPACE PROJECT…
#
# EVENTS is a file for what is told of containers that start. Projects that were started in WORKSPACE under other names are found
# by their containers.
trap '' INT TERM HUP
docker=$1
events=$2
workspace=$3
shift 3
"$docker" events --filter type=container --filter event=start --format '{{json .Actor.Attributes}}' >"$events" 2>/dev/null </dev/null &
watcher=$!
cat >/dev/null
others=$("$docker" ps --all --filter label=com.docker.compose.project \
    --format '{{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.project.working_dir"}}' |
    while read -r project folder; do
        case $folder/ in "$workspace"/*) echo "$project" ;; esac
    done | sort -u)
for project in "$@" $others; do
    filter=label=com.docker.compose.project=$project
    # One identifier a word.
    # shellcheck disable=SC2046
    set -- $("$docker" ps --all --quiet --filter "$filter")
    [ "$#" -eq 0 ] || "$docker" rm --force --volumes "$@" >/dev/null
    # shellcheck disable=SC2046
    set -- $("$docker" network ls --quiet --filter "$filter")
    [ "$#" -eq 0 ] || "$docker" network rm "$@" >/dev/null
    # shellcheck disable=SC2046
    set -- $("$docker" volume ls --quiet --filter "$filter")
    [ "$#" -eq 0 ] || "$docker" volume rm --force "$@" >/dev/null
done
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
rm -f "$events"
