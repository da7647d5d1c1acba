"""Compares launchpad build with Hugo on the same pages, in turns.

    measure.py LAUNCHPAD HUGO DOCS [PAGES [ROUNDS]]

DOCS is a folder of real documentation in Markdown. Both build cold, into an empty folder in memory, with navigation,
contents, highlighting, a Markdown copy of each page and a search index. Exit status 1 where a bar is missed.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import corpus


def run(command, folder):
    """Seconds and peak memory in MB of a command."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[0]} failed:\n{message.decode()[-2000:]}")
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return seconds, usage.ru_maxrss / scale


def main():
    launchpad, hugo, docs = (os.path.abspath(path) for path in sys.argv[1:4])
    pages = int(sys.argv[4]) if len(sys.argv) > 4 else 3000
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        ours, theirs = pathlib.Path(folder, "launchpad"), pathlib.Path(folder, "hugo")
        corpus.write(docs, ours / "docs", pages)
        (ours / "launchpad.yml").write_text("title: Benchmark\nurl: https://example.com/\n")
        shutil.copytree(pathlib.Path(__file__).parent / "hugo", theirs)
        shutil.copytree(ours / "docs", theirs / "content")
        for index in list((theirs / "content").rglob("index.md")):
            # To Hugo a folder with index.md is one page.
            index.rename(index.with_name("_index.md"))
        results = {"launchpad": [], "hugo": []}
        for _ in range(rounds):
            shutil.rmtree(ours / "site", ignore_errors=True)
            results["launchpad"].append(run([launchpad, "build"], ours))
            shutil.rmtree(theirs / "public", ignore_errors=True)
            results["hugo"].append(run([hugo, "--quiet"], theirs))
        again = [run([launchpad, "build"], ours)[0] for _ in range(rounds)]
    print(f"{pages} pages, {rounds} rounds")
    for name, runs in results.items():
        seconds = statistics.median(run[0] for run in runs)
        print(f"{name:>10}  {seconds:7.2f} s  {pages / seconds:8.0f} pages/s  {max(run[1] for run in runs):6.0f} MB")
    print(f"{'no change':>10}  {statistics.median(again):7.2f} s")
    speed = statistics.median(theirs[0] / ours[0] for ours, theirs in zip(results["launchpad"], results["hugo"]))
    space = statistics.median(ours[1] / theirs[1] for ours, theirs in zip(results["launchpad"], results["hugo"]))
    print(f"{speed:.1f} times Hugo's speed (bar: 5), {space:.2f} of its memory (bar: 0.5)")
    sys.exit(0 if speed >= 5 and space <= 0.5 else 1)


main()
