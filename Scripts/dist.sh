#!/usr/bin/env bash
# Packs launchpad for Debian and Ubuntu without Swift: a tarball and a package.
#
#   Scripts/dist.sh EXECUTABLE FOLDER
#
# The executable is one of `make build`: Swift's libraries are linked in. What it still needs of the system becomes the
# package's dependencies. The same executable gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
launchpad=$1
folder=$2

version=$("$launchpad" --version)
machine=$(uname -m)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
umask 022

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
rm -rf "$folder"
mkdir -p "$folder"

name=launchpad-$version-linux-$machine
Scripts/install.sh "$launchpad" "$stage/$name" >/dev/null
tar --create --gzip --file "$folder/$name.tar.gz" --directory "$stage" --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@$SOURCE_DATE_EPOCH" "$name"
echo "$folder/$name.tar.gz"

if ! command -v dpkg-deb >/dev/null; then
    echo "no package: there is no dpkg-deb here" >&2
    exit 0
fi

# The packages that the needed libraries come from, with the newest version of the C library that is asked for, and libcrypt,
# which is opened only where a password is hashed. An executable that brings its C library brings all the others too.
depends=()
if ldd "$stage/$name/bin/launchpad" >/dev/null 2>&1; then
    depends+=(libcrypt1)
    glibc=$(objdump -T "$stage/$name/bin/launchpad" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
    while read -r library; do
        package=$(dpkg -S "$(readlink -f "$library")" 2>/dev/null || dpkg -S "$library")
        package=${package%%:*}
        if [ "$package" = libc6 ]; then package="libc6 (>= ${glibc#GLIBC_})"; fi
        depends+=("$package")
    done < <(ldd "$stage/$name/bin/launchpad" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p')
fi
list=$(printf '%s\n' "${depends[@]}" | sort -u | paste -sd, | sed 's/,/, /g')

root=$stage/package
mkdir -p "$root/DEBIAN" "$root/usr"
cp -R "$stage/$name/." "$root/usr"
mkdir -p "$root/usr/share/zsh/vendor-completions"
mv "$root/usr/share/zsh/site-functions/_launchpad" "$root/usr/share/zsh/vendor-completions"
rmdir "$root/usr/share/zsh/site-functions"
gzip --best --no-name "$root"/usr/share/man/man1/*.1
cat >"$root/usr/share/doc/launchpad/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: launchpad

Files: *
Copyright: The Launchpad authors
License: Apache-2.0
 On Debian systems the text of the license is in
 /usr/share/common-licenses/Apache-2.0.
END
gzip --best --no-name >"$root/usr/share/doc/launchpad/changelog.gz" <<END
launchpad ($version) stable; urgency=medium

  * Version $version.

 -- The Launchpad authors <launchpad@localhost>  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
cat >"$root/DEBIAN/control" <<END
Package: launchpad
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The Launchpad authors <launchpad@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
${list:+Depends: $list
}Recommends: bubblewrap
Suggests: git
Section: devel
Priority: optional
Description: guides whose files and commands are proven to work
 Tangles files out of Markdown guides, runs the commands in them and compares
 what they print, and publishes a site on which every example carries its
 proof. A NATS server and the nats command are part of it.
END
deb=$folder/launchpad_${version}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group --build "$root" "$deb" >/dev/null
echo "$deb"
