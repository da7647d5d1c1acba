#!/usr/bin/env bash
# Measures Launchpad's speed, as ratios in one run: guides against libcmark, writing guides, the site against Hugo, the broker
# against the real nats-server.
#
#   Benchmarks/run.sh [guides|authoring|broker|jetstream] [ROUNDS [SCENARIO...]]
#   Benchmarks/run.sh site [ROUNDS [DOCS...]]
#
# Builds what it needs. Exit status 1 where a bar is missed. See README.md for how to read it.
set -euo pipefail
cd "$(dirname "$0")"

part=${1:-all}
shift || true
case $part in all | guides | authoring | site | broker | jetstream) ;; *)
    echo "usage: Benchmarks/run.sh [guides|authoring|site|broker|jetstream] [ROUNDS [SCENARIO...]]" >&2
    exit 64
    ;;
esac

swift=${SWIFT:-swift}
make --directory .. build SWIFT="$swift"
../Scripts/install-dependencies.sh bench
[ "$part" = site ] || "$swift" build -c release
launchpad=$PWD/../.build/release/launchpad
built=$PWD/.build/release

status=0
if [ "$part" = all ] || [ "$part" = guides ]; then
    echo
    "$built/GuideBenchmark" "$launchpad" "${1:-9}" || status=1
fi
if [ "$part" = all ] || [ "$part" = authoring ]; then
    echo
    python3 authoring.py "$launchpad" .. || status=1
fi
if [ "$part" = all ] || [ "$part" = site ]; then
    echo
    # Without other documentation, what this project and the packages that it is made of have.
    docs=("${@:2}")
    [ "${#docs[@]}" -gt 0 ] || docs=(../docs ../.build/checkouts)
    ../.build-tools/venv/bin/python Site/site.py "$launchpad" ../.build-tools/bench/bin/hugo "${1:-3}" "${docs[@]}" || status=1
fi
for servers in broker jetstream; do
    [ "$part" = all ] || [ "$part" = "$servers" ] || continue
    echo
    "$built/BrokerBenchmark" "$launchpad" "$PWD/../.build-tools/venv/bin/nats-server" "$built/natsload" "$PWD/Servers" \
        "$servers" "$@" || status=$?
done
exit "$status"
