"""Measures how it feels to write guides: from an edit to its page, from an edit to its proof, and a check of nothing new.

    authoring.py LAUNCHPAD PROJECT

PROJECT is a folder with guides, of which a copy is edited. Exit status 1 where a bar is missed.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

LAUNCHPAD = str(pathlib.Path(sys.argv[1]).resolve())
PROJECT = pathlib.Path(sys.argv[2]).resolve()
ROUNDS = 9
DEADLINE = 30


def run(*arguments, cwd):
    subprocess.run([LAUNCHPAD, *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def report(what, milliseconds, bar):
    median = statistics.median(milliseconds)
    print(f"{what:<58} {median:7.0f} ms  (bar {bar} ms; {min(milliseconds):.0f} to {max(milliseconds):.0f})")
    return median <= bar


def many_guides(folder, count=1000, blocks=5):
    """So many guides with so many blocks each, all of them commands that are proven."""
    for number in range(count):
        path = folder / "docs" / f"area{number % 20}" / f"guide{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"# Guide {number}\n\nWords that only people read.\n"
        for block in range(blocks):
            text += f"\n```console name=step{block}\n$ echo {number} {block}\n{number} {block}\n```\n"
        path.write_text(text)


def unchanged(folder):
    many_guides(folder)
    run("tangle", cwd=folder)
    run("check", cwd=folder)
    run("check", cwd=folder)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run("check", cwd=folder)
        times.append((time.perf_counter() - start) * 1000)
    return report("1,000 guides with 5,000 blocks, unchanged: check", times, 300)


class Terminal:
    """A command that stays, and what it prints."""

    def __init__(self, *arguments, cwd):
        self.log = pathlib.Path(cwd) / ".launchpad" / "terminal.log"
        self.log.parent.mkdir(exist_ok=True)
        self.output = open(self.log, "wb")
        self.process = subprocess.Popen(
            [LAUNCHPAD, *arguments], cwd=cwd, stdout=self.output, stderr=subprocess.STDOUT
        )

    def wait(self, pattern, start=0):
        end = time.perf_counter() + DEADLINE
        while time.perf_counter() < end:
            text = self.log.read_text(errors="replace")
            found = re.compile(pattern).search(text, start)
            if found:
                return found
            time.sleep(0.002)
        raise TimeoutError(f"not printed: {pattern}\n{text}")

    def size(self):
        return len(self.log.read_text(errors="replace"))

    def end(self):
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.output.close()


def page(folder):
    terminal = Terminal("serve", "--port", "0", cwd=folder)
    try:
        address = terminal.wait(r"http://[^ ]+/").group(0)
        terminal.wait(r"(passed|skipped|failed) in \d+ guide")
        terminal.wait(r"built in ")
        guide = folder / "docs" / "index.md"
        times = []
        for number in range(ROUNDS):
            guide.write_text(guide.read_text() + f"\nParagraph {number} of the benchmark.\n")
            start = time.perf_counter()
            while f"Paragraph {number} of" not in urllib.request.urlopen(address).read().decode():
                if time.perf_counter() - start > DEADLINE:
                    raise TimeoutError("the paragraph is not on the page")
                time.sleep(0.001)
            times.append((time.perf_counter() - start) * 1000)
            time.sleep(0.5)
        return report("a changed paragraph is on the page", times, 100)
    finally:
        terminal.end()


def proof(folder):
    terminal = Terminal("watch", cwd=folder)
    try:
        terminal.wait(r"(passed|skipped|failed) in \d+ guide")
        guide = folder / "docs" / "broker.md"
        text = guide.read_text()
        times = []
        for number in range(ROUNDS):
            size = terminal.size()
            guide.write_text(text + f"\n```console name=measured needs=server\n$ echo {number}\n{number}\n```\n")
            start = time.perf_counter()
            terminal.wait(r"measured passed", size)
            times.append((time.perf_counter() - start) * 1000)
            terminal.wait(r"passed in 1 guide", size)
        return report("a changed console block is proven, its server included", times, 1000)
    finally:
        terminal.end()


def main():
    with tempfile.TemporaryDirectory() as temporary:
        own = pathlib.Path(temporary) / "own"
        # All of it but what was built: guides link to files outside of their folder.
        shutil.copytree(PROJECT, own, ignore=shutil.ignore_patterns(".build*", ".git", ".launchpad", "public"))
        run("check", cwd=own)
        many = pathlib.Path(temporary) / "many"
        many.mkdir()
        results = [page(own), proof(own), unchanged(many)]
    sys.exit(0 if all(results) else 1)


main()
