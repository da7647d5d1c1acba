#!/bin/bash
# The entry point of what stands in for the image postgres: makes a cluster where there is none, then starts the server.
# Variables and folders: https://hub.docker.com/_/postgres
set -euo pipefail

# The value of a variable, or of the file that its NAME_FILE names.
value() {
    local name=$1 file=$1_FILE
    if [ -n "${!file:-}" ]; then
        [ -z "${!name:-}" ] || { echo "error: both $name and $file are set (but are exclusive)" >&2; exit 1; }
        cat "${!file}"
    else
        printf %s "${!name:-${2:-}}"
    fi
}

quoted() { printf "'%s'" "${1//\'/\'\'}"; }
named() { printf '"%s"' "${1//\"/\"\"}"; }

[ "${1:-}" = "${1#-}" ] || set -- postgres "$@"
[ "${1:-}" = postgres ] || exec "$@"

export PGUSER PGDATABASE
mkdir -p /var/run/postgresql "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=$(value POSTGRES_USER postgres)
    password=$(value POSTGRES_PASSWORD)
    database=$(value POSTGRES_DB "$user")
    arguments=$(value POSTGRES_INITDB_ARGS)
    method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [ -z "$password" ] && [ "$method" != trust ]; then
        cat >&2 <<'END'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".
END
        exit 1
    fi
    if [ -d "${STAND_IN_TEMPLATE:-}" ] && [ "$user" = postgres ] && [ -z "$arguments" ]; then
        cp -R "$STAND_IN_TEMPLATE/." "$PGDATA"
    else
        # shellcheck disable=SC2086 # one word an argument
        initdb --pgdata="$PGDATA" --username="$user" --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust \
            --auth-host=scram-sha-256 --no-sync $arguments
    fi
    chmod 700 "$PGDATA"
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >>"$PGDATA/postgresql.conf"
    {
        [ -z "$password" ] || echo "ALTER USER $(named "$user") PASSWORD $(quoted "$password");"
        [ "$database" = postgres ] || echo "CREATE DATABASE $(named "$database");"
    } | postgres --single -D "$PGDATA" -c fsync=off -c log_min_messages=warning postgres >/dev/null

    # Scripts of the user's own, in the order of their names, while nobody else can connect.
    shopt -s nullglob
    scripts=(/docker-entrypoint-initdb.d/*)
    if [ "${#scripts[@]}" -gt 0 ]; then
        PGUSER=$user PGDATABASE=$database
        pg_ctl --silent -D "$PGDATA" -w -o "-c listen_addresses=''" start
        for script in "${scripts[@]}"; do
            echo "$0: running $script"
            case $script in
            *.sh)
                # shellcheck source=/dev/null
                if [ -x "$script" ]; then "$script"; else . "$script"; fi
                ;;
            *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -f "$script" ;;
            *.sql.gz) gunzip -c "$script" | psql -v ON_ERROR_STOP=1 --no-psqlrc ;;
            *) echo "$0: ignoring $script" ;;
            esac
        done
        pg_ctl --silent -D "$PGDATA" -m fast -w stop
    fi
    echo
    echo "PostgreSQL init process complete; ready for start up."
    echo
fi
unset PGUSER PGDATABASE
exec "$@"
