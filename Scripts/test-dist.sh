#!/usr/bin/env bash
# Installs the package of Scripts/dist.sh into a bare root, where there is no Swift and nothing else that it does not depend
# on, and makes, proves and publishes a project there.
#
#   Scripts/test-dist.sh FOLDER
set -euo pipefail
folder=$1
deb=$(echo "$folder"/*.deb)
if [ ! -e "$deb" ] || ! command -v bwrap >/dev/null; then
    echo "skipped: testing the package needs dpkg-deb and bubblewrap"
    exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
dpkg-deb --extract "$deb" "$root"

# What it depends on, what that depends on, and the shell and the small tools that every Debian has.
mapfile -t packages < <(dpkg-deb --field "$deb" Depends | tr ',' '\n' | sed 's/ *(.*//; s/ //g')
all=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    "${packages[@]}" bash coreutils 2>/dev/null | grep -E '^[a-z0-9]' | sort -u)
for package in $all; do
    dpkg -L "$package" 2>/dev/null || true
done | sort -u | while read -r path; do
    # Systems with merged folders list /lib and have /usr/lib.
    if [ -f "$path" ] || [ -L "$path" ]; then
        case $path in /bin/* | /lib/* | /lib64/* | /sbin/*) target=$root/usr$path ;; *) target=$root$path ;; esac
        mkdir -p "$(dirname "$target")"
        cp -Pn "$path" "$target"
    fi
done
for link in bin lib lib64 sbin; do
    mkdir -p "$root/usr/$link"
    ln -s "usr/$link" "$root/$link"
done
if find "$root" -iname '*swift*' | grep -q .; then
    echo "error: there is Swift in the bare root" >&2
    exit 1
fi

inside() {
    bwrap --unshare-all --bind "$root" / --proc /proc --dev /dev --tmpfs /tmp --chdir /tmp --clearenv \
        --setenv PATH /usr/bin:/bin --setenv HOME /tmp --setenv TMPDIR /tmp -- "$@"
}
inside /usr/bin/launchpad --version
inside /usr/bin/bash -euc '
    launchpad nats-server --version
    launchpad nats --version
    launchpad doctor
    launchpad init project
    cd project
    launchpad tangle
    launchpad check
    launchpad build --strict
    test -s site/public/index.html
'
echo "the package works in a bare root, with: ${packages[*]:-nothing that every Debian has not}"
