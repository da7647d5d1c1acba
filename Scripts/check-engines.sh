#!/usr/bin/env bash
# Proves the guides on every engine, with images for Docker where one answers.
#
#   Scripts/check-engines.sh LAUNCHPAD
set -euo pipefail
cd "$(dirname "$0")/.."

if docker info >/dev/null 2>&1; then
    Scripts/docker-images.sh "$1"
fi
exec "$1" check --engine all --force
