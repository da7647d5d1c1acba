#!/usr/bin/env bash
# Puts the client library NATSClient, as it was built, into one folder with a compiler that finds it there. The guides' samples in
# Swift are compiled with it in a sandbox, which shows no checkouts and no build folder.
#
#   Scripts/client-library.sh .build/release .build/client
set -euo pipefail

build=${1:?usage: $0 BUILD-FOLDER TARGET-FOLDER}
target=${2:?usage: $0 BUILD-FOLDER TARGET-FOLDER}
[ -e "$build/Modules/NATSClient.swiftmodule" ] || {
    echo "error: $build holds no NATSClient; run make build first" >&2
    exit 1
}
archive=libNATSClient.a
compiler=$(command -v swiftc)

# Nothing to do where it is younger than the executable, which was linked after all modules. Copied anew, proofs with it would be
# made anew.
if [ "$target/$archive" -nt "$build/launchpad" ] && grep -qs "^exec $compiler " "$target/swiftc"; then
    exit 0
fi
new=$target.new
rm -rf "$new"
mkdir -p "$new"

# What NATSClient's own interface and that of its dependencies is made of.
for module in NATSClient NATSWire Atomics ContainersPreview Crypto CryptoBoringWrapper DequeModule \
    InternalCollectionsUtilities NIOConcurrencyHelpers NIOCore NIOHTTP1 NIOPosix NIOSSL NIOTLS NIOWebSocket \
    _NIOBase64 _NIODataStructures; do
    cp "$build/Modules/$module.swiftmodule" "$new/"
done
# Modules of C are behind them, and nothing of theirs shows in front: their names will do.
for module in CCryptoBoringSSL CCryptoBoringSSLShims CNIOAtomics CNIOBoringSSL CNIOBoringSSLShims CNIODarwin CNIOFreeBSD \
    CNIOLLHTTP CNIOLinux CNIOOpenBSD CNIOPosix CNIOSHA1 CNIOWASI CNIOWindows CXKCP CXKCPShims _AtomicsShims; do
    echo "module $module {}"
done >"$new/module.modulemap"

objects=()
for folder in "$build"/{NATSClient,NATSWire,*NIO*,*BoringSSL*,*XKCP*,*Crypto*,*Collections*,Deque*,Containers*,*Atomics*}.build; do
    case ${folder##*/} in
    *Test* | *Server* | *HTTP1Client*) ;;
    *) [ -d "$folder" ] && objects+=("$folder") ;;
    esac
done
find "${objects[@]}" -name '*.o' -print0 | sort -z | uniq -z | xargs -0 ar qcS "$new/$archive"
ranlib "$new/$archive"

flags=-lc++
if [ "$(uname -s)" = Linux ]; then flags="-static-stdlib -use-ld=lld -lstdc++"; fi
cat >"$new/swiftc" <<END
#!/usr/bin/env bash
# Written by Scripts/client-library.sh: the compiler, $(swiftc --version 2>/dev/null | head -1), with NATSClient.
here=\$(dirname "\$0")
exec $compiler -I "\$here" -Xcc "-fmodule-map-file=\$here/module.modulemap" "\$@" "\$here/$archive" $flags
END
chmod +x "$new/swiftc"
rm -rf "$target"
mv "$new" "$target"
