#!/usr/bin/env bash
# Puts together what a release is linked with on Linux instead of the system's shared libraries.
#
#   Scripts/static-libraries.sh FOLDER
#
# Every shared library takes the loader a tenth of a millisecond or more at each start. FOLDER gets links to archives, and
# pkg-config files for libcmark and zlib that lead there.
set -euo pipefail
folder=$1
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

ln -sf "$(clang -print-file-name=libstdc++.a)" "$folder/libstdc++.a"
ln -sf "$(clang -print-file-name=libgcc_eh.a)" "$folder/libgcc_s.a"

for package in libcmark zlib; do
    name=$(pkg-config --libs-only-l "$package" | sed 's/^ *-l//; s/ .*//')
    file=$(clang -print-file-name="lib$name.a")
    # Where there is no archive, pkg-config leads to the shared library as ever.
    [ -e "$file" ] || continue
    ln -sf "$file" "$folder/"
    sed "s|^\(shared\)\{0,1\}libdir=.*|\1libdir=$folder|" "$(pkg-config --variable=pcfiledir "$package")/$package.pc" \
        >"$folder/$package.pc"
done
