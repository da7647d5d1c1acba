#!/usr/bin/env bash
# Renews docs/images/guide.png, the README's picture of a guide with its proofs.
#
#   Scripts/screenshot.sh [TOP [HEIGHT]]   the part of the page to show, in pixels
#
# Needs a built site, Chromium, and Python with Pillow. The browser takes the whole page, and the part is cut out of it.
set -euo pipefail
cd "$(dirname "$0")/.."

top=${1:-2770}
height=${2:-900}
page=site/public/running-nats.html
stop() {
    echo "error: $*" >&2
    exit 1
}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    stop "no Chromium here; on Debian: apt-get install chromium"
python3 -c 'import PIL' 2>/dev/null || stop "Python has no Pillow here: pip install pillow"
[ -f "$page" ] || stop "$page is not there; run make first"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,9000 \
    --screenshot="$work/page.png" "file://$PWD/$page" 2>/dev/null
mkdir -p docs/images
python3 - "$work/page.png" docs/images/guide.png "$top" "$height" <<'PYTHON'
import sys
from PIL import Image

source, target, top, height = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
Image.open(source).crop((300, top, 1020, top + height)).save(target, optimize=True)
PYTHON
echo "wrote docs/images/guide.png"
