#!/bin/bash
# Stands in for mc, MinIO's client, as far as guides need it: rclone does the work.
set -euo pipefail
aliases=${MC_CONFIG_DIR:-$HOME/.mc}/aliases
export RCLONE_CONFIG='' RCLONE_S3_PROVIDER=Minio RCLONE_S3_NO_CHECK_BUCKET=true

fail() {
    echo "mc: <ERROR> $*" >&2
    exit 1
}

# Flags that change nothing here; the others stay in `words`.
words=()
recursive=
existing=
for word in "$@"; do
    case $word in
    -r | --recursive) recursive=yes ;;
    -p | --ignore-existing) existing=yes ;;
    --force | --quiet | -q | --no-color | --insecure | --json | --overwrite) ;;
    -*) [ "$word" = - ] || fail "the flag $word is not supported by what stands in for mc" ;;
    *) words+=("$word") ;;
    esac
done

# Finds the server of the alias at the front of $1 and puts what follows it into `path`.
use() {
    local name=${1%%/*} variable address rest
    path=${1#"$name"}
    path=${path#/}
    variable=MC_HOST_$name
    if [ -n "${!variable:-}" ]; then
        address=${!variable%%://*}
        rest=${!variable#*://}
        RCLONE_S3_ENDPOINT=$address://${rest#*@}
        rest=${rest%@*}
        RCLONE_S3_ACCESS_KEY_ID=${rest%%:*}
        RCLONE_S3_SECRET_ACCESS_KEY=${rest#*:}
    elif [ -s "$aliases/$name" ]; then
        { read -r RCLONE_S3_ENDPOINT && read -r RCLONE_S3_ACCESS_KEY_ID && read -r RCLONE_S3_SECRET_ACCESS_KEY; } \
            <"$aliases/$name"
    elif [ "$name" = local ]; then
        RCLONE_S3_ENDPOINT=http://localhost:9000
        RCLONE_S3_ACCESS_KEY_ID=${MINIO_ROOT_USER:-minioadmin}
        RCLONE_S3_SECRET_ACCESS_KEY=${MINIO_ROOT_PASSWORD:-minioadmin}
    else
        return 1
    fi
    export RCLONE_S3_ENDPOINT RCLONE_S3_ACCESS_KEY_ID RCLONE_S3_SECRET_ACCESS_KEY
}

# What rclone calls a place: a path of an alias, or a file.
place() {
    if [ "${1%%/*}" != "" ] && use "$1"; then printf ':s3:%s' "$path"; else printf %s "$1"; fi
}

need() { use "$1" || fail "No such alias \`${1%%/*}\`: add it with mc alias set NAME URL USER PASSWORD"; }

set -- "${words[@]}"
command=${1:-}
[ $# -eq 0 ] || shift
case $command in
alias)
    case ${1:-} in
    set)
        [ $# -ge 5 ] || fail "mc alias set NAME URL USER PASSWORD"
        mkdir -p "$aliases"
        printf '%s\n' "${3%/}" "$4" "$5" >"$aliases/$2"
        use "$2/"
        rclone --quiet --retries 1 --low-level-retries 1 lsd :s3: >/dev/null || fail "Unable to initialize new alias from the provided credentials."
        echo "Added \`$2\` successfully."
        ;;
    remove | rm) rm -f "$aliases/$2" && echo "Removed \`$2\` successfully." ;;
    list | ls)
        for file in "$aliases"/*; do
            [ ! -e "$file" ] || { echo "${file##*/}" && sed -n '1s/^/  URL       : /p' "$file"; }
        done
        ;;
    *) fail "mc alias ${1:-}: valid are set, list and remove" ;;
    esac
    ;;
ready)
    until use "${1:-local}/" && rclone --quiet --retries 1 --low-level-retries 1 --contimeout 2s lsd :s3: >/dev/null 2>&1; do sleep 0.05; done
    echo "The cluster '${1:-local}' is ready"
    ;;
mb)
    for target in "$@"; do
        need "$target"
        if rclone --quiet lsf ":s3:$path" >/dev/null 2>&1; then
            [ -n "$existing" ] || fail "Unable to make bucket \`$target\`. Your previous request to create the named bucket succeeded and you already own it."
        fi
        RCLONE_S3_NO_CHECK_BUCKET=false rclone --quiet mkdir ":s3:$path"
        echo "Bucket created successfully \`$target\`."
    done
    ;;
rb) for target in "$@"; do need "$target" && rclone --quiet purge ":s3:$path" && echo "Removed \`$target\` successfully."; done ;;
ls)
    need "${1:-local}"
    rclone --quiet lsf ${recursive:+-R --files-only} --format tsp --separator ' ' ":s3:$path" |
        awk '{ size = $3; $1 = "[" $1; $2 = $2 " UTC]"; $3 = ""; if (size < 0) size = 0; name = $0; sub(/^[^]]*\] */, "", name); printf "%s %s %6dB %s\n", $1, $2, size, name }'
    ;;
cat)
    for target in "$@"; do
        need "$target"
        rclone --quiet cat ":s3:$path" || fail "Unable to read from \`$target\`. Object does not exist."
    done
    ;;
pipe) need "$1" && rclone --quiet rcat ":s3:$path" ;;
cp | mirror | mv)
    [ $# -eq 2 ] || fail "mc $command SOURCE TARGET"
    source=$(place "$1")
    target=$(place "$2")
    if [[ $source == :s3:* ]]; then need "$1"; else need "$2"; fi
    if [ -n "$recursive" ] || [ "$command" = mirror ]; then
        rclone --quiet copy "$source" "$target"
    elif [[ $target == */ ]] || [[ $target =~ ^:s3:[^/]*$ ]] || [ -d "$target" ]; then
        rclone --quiet copy "$source" "$target"
    else
        rclone --quiet copyto "$source" "$target"
    fi
    [ "$command" != mv ] || rclone --quiet delete "$source"
    echo "\`$1\` -> \`$2\`"
    ;;
rm)
    for target in "$@"; do
        need "$target"
        if [ -n "$recursive" ]; then rclone --quiet delete ":s3:$path"; else rclone --quiet deletefile ":s3:$path"; fi
        echo "Removed \`$target\`."
    done
    ;;
stat)
    need "$1"
    rclone --quiet lsf --format ps --separator ' ' ":s3:$path" | awk '{ print "Name      : " $1; print "Size      : " $2 " B" }'
    ;;
--version | version) rclone version | head -1 ;;
*) fail "mc $command is not supported by what stands in for mc; valid: alias, cat, cp, ls, mb, mirror, mv, pipe, rb, ready, rm, stat" ;;
esac
