#!/bin/sh
# The entry point of the image minio/minio, for a minio of this machine.
set -eu
[ "${1:-}" = minio ] || set -- minio "$@"
exec "$@"
