#!/bin/bash
# Stands in for MinIO's server: rclone serves S3 from the folder that `minio server FOLDER` names. There is no console.
set -euo pipefail
[ "${1:-}" != minio ] || shift
if [ "${1:-}" != server ]; then
    echo "minio: only \"server FOLDER\" is stood in for by rclone" >&2
    exit 1
fi
shift
address=:9000
folder=
while [ $# -gt 0 ]; do
    case $1 in
    --address) address=$2 && shift ;;
    --address=*) address=${1#*=} ;;
    --console-address) shift ;;
    --console-address=* | --quiet | --json) ;;
    -*) echo "minio: the flag $1 is not stood in for by rclone" >&2 && exit 1 ;;
    *)
        [ -z "$folder" ] || { echo "minio: more than one folder is not stood in for by rclone" >&2 && exit 1; }
        folder=$1
        ;;
    esac
    shift
done
user=${MINIO_ROOT_USER:-${MINIO_ACCESS_KEY:-minioadmin}}
password=${MINIO_ROOT_PASSWORD:-${MINIO_SECRET_KEY:-minioadmin}}
if [ "${#user}" -lt 3 ] || [ "${#password}" -lt 8 ]; then
    echo "FATAL Invalid credentials: user of 3 characters at least, password of 8 at least" >&2
    exit 1
fi
mkdir -p "${folder:=/data}"
export RCLONE_CONFIG=''
echo "rclone serves S3 for MinIO on $address from $folder"
if ! command -v s3-front >/dev/null || ! command -v perl >/dev/null; then
    exec rclone serve s3 --quiet --addr "$address" --auth-key "$user,$password" "$folder"
fi
socket=$(mktemp -u "${TMPDIR:-/tmp}/rclone.XXXXXX")
rclone serve s3 --quiet --addr "unix://$socket" --auth-key "$user,$password" "$folder" &
until [ -S "$socket" ]; do
    kill -0 $! 2>/dev/null || exit 1
    sleep 0.01
done
exec s3-front "$address" "$socket" $!
