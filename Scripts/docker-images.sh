#!/usr/bin/env bash
# Sees to it that the Docker engine has the images that the guides use.
#
#   Scripts/docker-images.sh LAUNCHPAD
#
# An image that is there, or that the registry has, is left as it is. Where no registry can be reached, it is made of programs of
# this machine and says so in its label org.launchpad.contents, which `launchpad check` puts into the proofs: such an image is never
# taken for the one whose name it has.
set -euo pipefail
cd "$(dirname "$0")/.."
launchpad=$(realpath "$1")
stand_ins=Sources/Compose/StandIns
postgres=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)
rclone=$(realpath .build-tools/services/bin/rclone)
nats_server=$(realpath .build-tools/venv/bin/nats-server)
# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$PRETTY_NAME")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '==> %s\n' "$*"; }

# Copies programs and the libraries they load into the root $1.
add() {
    local root=$1 program library
    shift
    for program; do
        mkdir -p "$root$(dirname "$program")"
        cp -L "$program" "$root$program"
        # A program that loads none is no failure.
        for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true); do
            [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
        done
    done
}

# A root with a shell and what scripts use.
base() {
    local root=$1 name
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{etc,tmp,root,home,data,var/run,var/tmp,run,proc,dev,sys}
    chmod 1777 "$root/tmp" "$root/var/tmp" "$root/var/run"
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
    for name in bash sh awk basename cat chmod cmp cp curl cut date dirname env expr false find grep gzip head hostname id ln ls \
        mkdir mktemp mv printf ps pwd rm sed seq sleep sort stat tail tee test touch tr true uname uniq wc xargs; do
        add "$root" "$(type -P "$name" | sed 's|^/bin/|/usr/bin/|')"
    done
    cp "$(type -P gunzip)" "$root/usr/bin/gunzip"
    printf 'root:x:0:0:root:/root:/bin/sh\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' \
        >"$root/etc/passwd"
    printf 'root:x:0:\npostgres:x:70:\nnogroup:x:65534:\n' >"$root/etc/group"
    printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
    cp /etc/services /etc/protocols "$root/etc/" 2>/dev/null || true
    mkdir -p "$root/usr/lib/locale"
    cp -R /usr/lib/locale/C.utf8 "$root/usr/lib/locale/" 2>/dev/null || true
}

# image NAME CONTENTS VERSION ORIGINAL PROGRAM MAKE INSTRUCTION…: does nothing where the engine has NAME, or can get it.
image() {
    local name=$1 contents="$2, made here on $system" version=$3 original=$4 make=$6 made program
    program=$(cat "$5" "$stand_ins"/* | sha256sum | cut -c 1-64)
    shift 6
    if made=$(docker image inspect --format '{{index .Config.Labels "org.launchpad.program"}}' "$name" 2>/dev/null); then
        if [ -z "$made" ] || [ "$made" = "<no value>" ] || [ "$made" = "$program" ]; then
            return
        fi
    elif timeout 300 docker pull --quiet "$name" >/dev/null 2>&1; then
        say "$name: pulled"
        return
    fi
    say "$name: $contents"
    local root=$work/${name//[\/:]/-}
    mkdir -p "$root" "$root.image"
    "$make" "$root"
    tar -C "$root" --numeric-owner --owner=0 --group=0 -cf "$root.image/root.tar" .
    if [ -d "$root.70" ]; then
        tar -C "$root.70" --numeric-owner --owner=70 --group=70 -rf "$root.image/root.tar" .
    fi
    {
        echo "FROM scratch"
        echo "ADD root.tar /"
        echo "LABEL org.launchpad.contents=\"$contents\" org.launchpad.version=\"$version\" org.launchpad.original=$original org.launchpad.program=$program"
        printf '%s\n' "$@"
    } >"$root.image/Dockerfile"
    # The builder that needs no plugin.
    DOCKER_BUILDKIT=0 docker build --quiet --tag "$name" "$root.image" >/dev/null 2>"$work/log" ||
        { cat "$work/log" >&2 && exit 1; }
    rm -rf "$root" "$root.image" "$root.70"
}

make_nats() {
    add "$1" "$nats_server"
    mv "$1$nats_server" "$1/nats-server"
    rm -rf "${1:?}/$(cut -d/ -f2 <<<"$nats_server")"
    printf 'port: 4222\nmonitor_port: 8222\n' >"$1/nats-server.conf"
}

make_nats_box() {
    base "$1"
    # Where launchpad uses the system's C library, that loads libgcc by itself, where a thread ends, and launchpad libcrypt, where
    # a password is hashed.
    add "$1" "$launchpad" "$(ldconfig -p | awk '/libgcc_s\.so\.1/ { print $NF; exit }')" \
        "$(ldconfig -p | awk '/libcrypt\.so\.1/ { print $NF; exit }')"
    mv "$1$launchpad" "$1/usr/bin/nats"
}

make_postgres() {
    local home share
    home=$(dirname "$(dirname "$postgres")")
    share=/usr/share/postgresql/$(basename "$home")
    base "$1"
    mkdir -p "$1$home" "$1$share"
    cp -RL "$home/bin" "$home/lib" "$1$home/"
    rm -rf "$1$home"/lib/{bitcode,llvmjit*}
    cp -RL "$share/." "$1$share/"
    mkdir -p "$1/usr/share"
    cp -R /usr/share/zoneinfo "$1/usr/share/"
    # Programs behind Debian's wrappers, and the libraries of all of them.
    add "$1" "$home"/bin/{postgres,initdb,psql,pg_ctl,pg_isready,pg_dump,pg_restore,createdb,createuser} "$home"/lib/*.so
    rm -rf "$1$home"/lib/llvmjit*
    cp "$stand_ins/postgres.sh" "$1/usr/bin/docker-entrypoint.sh"
    chmod 755 "$1/usr/bin/docker-entrypoint.sh"
    mkdir -p "$1/docker-entrypoint-initdb.d" "$1.70/var/lib/postgresql/data" "$1.70/var/run/postgresql"
}

make_minio() {
    base "$1"
    add "$1" "$rclone"
    mv "$1$rclone" "$1/usr/bin/rclone"
    cp "$stand_ins/rclone-s3.sh" "$1/usr/bin/minio"
    cp "$stand_ins/rclone-mc.sh" "$1/usr/bin/mc"
    cp "$stand_ins/s3-front.pl" "$1/usr/bin/s3-front"
    chmod 755 "$1/usr/bin/minio" "$1/usr/bin/mc" "$1/usr/bin/s3-front"
    if compgen -G "/usr/lib/*/perl-base" >/dev/null; then
        add "$1" /usr/bin/perl
        cp -R --parents /usr/lib/*/perl-base "$1"
    fi
}

version() { "$@" | grep -oE '[0-9]+(\.[0-9]+)+' | head -1; }

server_version=$(version "$nats_server" --version)
own_version=$(version "$launchpad" --version)
postgres_version=$(version "$postgres" --version)
rclone_version=$(version "$rclone" version)

image nats:latest "nats-server $server_version" "$server_version" true "$nats_server" make_nats \
    'ENTRYPOINT ["/nats-server"]' 'CMD ["--config","nats-server.conf"]' 'EXPOSE 4222 6222 8222' 'WORKDIR /'
image natsio/nats-box:latest "a shell with the nats tool of Launchpad $own_version" "$own_version" false "$launchpad" make_nats_box \
    'CMD ["sh"]' 'WORKDIR /root' 'ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8'
image postgres:16-alpine "PostgreSQL $postgres_version" "$postgres_version" true "$postgres" make_postgres \
    'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["postgres"]' 'EXPOSE 5432' 'USER 70' 'STOPSIGNAL SIGINT' \
    'VOLUME /var/lib/postgresql/data' \
    "ENV PATH=$(dirname "$postgres"):/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data LANG=C.UTF-8"
image minio/minio:latest "rclone $rclone_version, which serves S3" "$rclone_version" false "$rclone" make_minio \
    'ENTRYPOINT ["minio"]' 'EXPOSE 9000' 'VOLUME /data' 'ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8'
image minio/mc:latest "mc's commands by rclone $rclone_version" "$rclone_version" false "$rclone" make_minio \
    'ENTRYPOINT ["mc"]' 'ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8'
