"""Building: cold against Hugo, with nothing changed, and what a page costs in small sites and large ones."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import corpus
import hugo_project

# Pages, and whether Hugo builds them too.
SIZES = {100: False, 1000: False, 3000: True, 10_000: True}


def run(command, folder):
    """Seconds and peak memory in MB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command[0]} failed:\n{message.decode()[-2000:]}")
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return seconds, usage.ru_maxrss / scale


def cold(launchpad, folder):
    for leftover in ("site", ".launchpad"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    return run([launchpad, "build"], folder)


def cold_hugo(hugo, folder):
    for leftover in ("public", "resources", "cache"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    return run([hugo, "--quiet", "--cacheDir", str(folder / "cache")], folder)


def check(folder, hugo_folder):
    """That both have made the same: every page and its copy, each with links, anchors and the search's sections."""
    ours = sum(1 for _ in (folder / "docs").rglob("*.md"))
    pages = {"launchpad": folder / "site" / "public", "hugo": hugo_folder / "public"}
    for name, public in pages.items():
        found = [path for path in public.rglob("*.html") if path.name not in ("404.html", "proof.html")]
        if len(found) < ours:
            sys.exit(f"{name} has made {len(found)} pages of {ours}")
        text = max(found, key=lambda path: path.stat().st_size).read_text()
        for part in ('aria-current="page"', 'class="anchor"', 'rel="canonical"', 'aria-label="Previous and next"'):
            if part not in text:
                sys.exit(f"{name} leaves out {part}")


def project(docs, folder, pages):
    corpus.write(docs, folder / "docs", pages)
    (folder / "launchpad.yml").write_text("title: Benchmark\nurl: https://example.com/\n")


def measure(launchpad, hugo, docs, folder, rounds):
    """Prints what building takes; true where every bar is met. Leaves the projects of all sizes in `folder`."""
    met = True
    costs = {}
    for pages, compares in SIZES.items():
        ours = pathlib.Path(folder, str(pages))
        project(docs, ours, pages)
        theirs = pathlib.Path(folder, f"hugo-{pages}")
        if compares:
            hugo_project.write(ours / "docs", theirs)
        builds = {"launchpad": [], "hugo": []}
        for round in range(rounds):
            builders = ["launchpad", "hugo"] if round % 2 == 0 else ["hugo", "launchpad"]
            for builder in builders if compares else ["launchpad"]:
                result = cold(launchpad, ours) if builder == "launchpad" else cold_hugo(hugo, theirs)
                builds[builder].append(result)
        costs[pages] = statistics.median(seconds for seconds, _ in builds["launchpad"]) / pages
        for builder, runs in builds.items():
            if runs:
                seconds = statistics.median(run[0] for run in runs)
                print(
                    f"{pages:6,} pages, cold, {builder:<9}  {seconds:7.2f} s  {pages / seconds:6.0f} pages/s"
                    f"  {max(run[1] for run in runs):6.0f} MB", flush=True)
        if not compares:
            continue
        check(ours, theirs)
        shutil.rmtree(theirs)
        pairs = list(zip(builds["launchpad"], builds["hugo"]))
        speeds = [theirs[0] / ours[0] for ours, theirs in pairs]
        spaces = [ours[1] / theirs[1] for ours, theirs in pairs]
        speed, space = statistics.median(speeds), statistics.median(spaces)
        print(f"{'':14}{speed:.1f} times Hugo's pages a second (bar: 5; {min(speeds):.1f} to {max(speeds):.1f})")
        print(f"{'':14}{space:.2f} of its memory (bar: 0.5; {min(spaces):.2f} to {max(spaces):.2f})")
        again = [run([launchpad, "build"], ours)[0] * 1000 for _ in range(3 * rounds)]
        unchanged = statistics.median(again)
        bar = "bar: 200 ms; " if pages == 3000 else ""
        print(f"{'':14}nothing changed: {unchanged:.0f} ms ({bar}{min(again):.0f} to {max(again):.0f})", flush=True)
        met = met and speed >= 5 and space <= 0.5 and (pages != 3000 or unchanged <= 200)
    flat = costs[10_000] / costs[100]
    print(f"a page of 10,000 costs {flat:.2f} times what a page of 100 costs (bar: 1.25)", flush=True)
    return met and flat <= 1.25
