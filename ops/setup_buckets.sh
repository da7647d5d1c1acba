#!/bin/sh
# Written by Launchpad from docs/using-the-environment.md. Do not edit: change the guide and run `launchpad tangle`.
# Creates the buckets of the platform. Safe to run again.
#
# S3_URL, S3_USER and S3_PASSWORD say where and as whom; the defaults are those of docker-compose.yml.
set -eu

url=${S3_URL:-http://localhost:9000}
user=${S3_USER:-minioadmin}:${S3_PASSWORD:-minioadmin}

for bucket in events reports; do
  # 409 says that the bucket is yours already.
  status=$(curl -sS -o /dev/null -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user "$user" -X PUT "$url/$bucket")
  case $status in
    200 | 409) echo "bucket $bucket is there" ;;
    *)
      echo "bucket $bucket: the store answered $status" >&2
      exit 1
      ;;
  esac
done
