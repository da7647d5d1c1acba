#!/bin/sh
# Written by Launchpad from docs/infrastructure.md. Do not edit: change the guide and run `launchpad tangle`.
# Creates the streams of the platform. Safe to run again.
#
# Needs the nats command; the server and the credentials come from NATS_URL.
set -eu

# The server may still be starting.
tries=0
until nats account info >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "no NATS server answers: is it up, and is NATS_URL right?" >&2
    exit 1
  fi
  sleep 0.5
done

if nats stream info EVENTS >/dev/null 2>&1; then
  echo "stream EVENTS is there"
else
  nats stream add EVENTS --subjects "enterprise.>" --storage file --retention limits --defaults
fi
