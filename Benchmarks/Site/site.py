"""Compares launchpad build with Hugo on the same pages, in turns, and measures serving and searching.

    site.py LAUNCHPAD HUGO ROUNDS DOCS...

DOCS are folders of real documentation in Markdown. Exit status 1 where a bar is missed.
"""

import os
import pathlib
import sys
import tempfile

import building
import searching
import serving


def main():
    launchpad, hugo = (os.path.abspath(path) for path in sys.argv[1:3])
    rounds, docs = int(sys.argv[3]), sys.argv[4:]
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="launchpad-site-") as folder:
        results = [
            building.measure(launchpad, hugo, docs, folder, rounds),
            serving.measure(launchpad, pathlib.Path(folder, "3000"), 3 * rounds),
            searching.measure(pathlib.Path(folder, "10000", "site", "public")),
        ]
    sys.exit(0 if all(results) else 1)


main()
