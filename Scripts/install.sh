#!/usr/bin/env bash
# Installs launchpad with its manual pages and shell completions.
#
#   Scripts/install.sh EXECUTABLE PREFIX
#
# PREFIX gets bin, share/man and the folders in which bash, zsh and fish look for completions.
set -euo pipefail
launchpad=$1
prefix=$2

install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
    "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d" "$prefix/share/doc/launchpad"
# Written beside its place, so that a launchpad that runs is not disturbed.
install -m 0755 "$launchpad" "$prefix/bin/launchpad.new"
# Debugging needs the symbols, and whoever debugs has built it.
if command -v strip >/dev/null; then strip "$prefix/bin/launchpad.new"; fi
mv -f "$prefix/bin/launchpad.new" "$prefix/bin/launchpad"
"$launchpad" manual --output "$prefix/share/man/man1"
"$launchpad" completions bash >"$prefix/share/bash-completion/completions/launchpad"
"$launchpad" completions zsh >"$prefix/share/zsh/site-functions/_launchpad"
"$launchpad" completions fish >"$prefix/share/fish/vendor_completions.d/launchpad.fish"
install -m 0644 "$(dirname "$0")/../LICENSE" "$prefix/share/doc/launchpad/copyright"
echo "installed $prefix/bin/launchpad"
