#!/usr/bin/env python3
"""Finds what a server and other commands touch while they start, for the linker to put it side by side.

    Scripts/start-order.py EXECUTABLE MAP >Scripts/start-order.txt      (or: make start-order)

What runs at a start is a hundredth of the executable, and would lie all over it: around each bit of it the system maps 64 KB of
the file, which takes time and counts as memory. `make build` hands the list to the linker, which begins the code and the
variables with the sections of these symbols, in this order, and takes the rest as it comes. Names that are not there any more do
no harm, so the list is made anew only after the start has changed much.

MAP is what the linker says about where each section went. Needs valgrind, which runs the commands and writes down each address
that they read, write or execute.
"""
import bisect
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

EXECUTABLE, MAP = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
# Constants stay as they are: those of a source file are one section, and looking for conformances goes through all of them.
ORDERED = {".text", ".data", ".data.rel.ro", ".bss"}
# What was compiled into one large section would stand between the others, most of it for nothing.
LARGEST = 16_384
LINE = re.compile(r" *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ ( *)(.*)")


def sections():
    """Where each section of each object file went: beginnings, ends and first symbols, by address."""
    found, output, current = [], "", None
    with MAP.open(errors="replace") as lines:
        for line in lines:
            match = LINE.match(line)
            if not match:
                continue
            start, size, indent, what = int(match[1], 16), int(match[2], 16), len(match[3]), match[4]
            if indent == 0:
                output = what
            elif indent == 8:
                current = (start, start + size) if output in ORDERED and 0 < size <= LARGEST else None
            elif current and not what.startswith("."):
                found.append((*current, what))
                current = None
    found.sort()
    return [section[0] for section in found], found


def touched(folder, arguments, port=None):
    """The addresses that a command touches, in steps of 16 bytes, in order; a server's until it has served a client."""
    process = subprocess.Popen(
        ["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=2", folder / "launchpad", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    client = port and subprocess.Popen([sys.executable, __file__, EXECUTABLE, MAP, str(port)])
    seen = {}
    for line in process.stderr:
        if line[:2] in ("I ", " L", " S", " M") and line[2] == " ":
            seen[int(line[3:].split(",")[0], 16) >> 4] = None
        if client and client.poll() is not None:
            client = None
            process.terminate()
    process.wait()
    return [step << 4 for step in seen]


def use_server(port):
    """Connects as soon as the server listens, and waits for a message to come back."""
    deadline = time.monotonic() + 300
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    stream = connection.makefile("rwb")

    def send(text):
        stream.write(text + b"PING\r\n")
        stream.flush()
        while stream.readline() != b"PONG\r\n":
            continue

    send(b'CONNECT {"verbose":false}\r\n')
    send(b"SUB greet.* 1\r\nPUB greet.you 5\r\nhello\r\n")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    starts, found = sections()
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        # valgrind can't read all that is in there for debuggers.
        subprocess.run(["objcopy", "--strip-debug", EXECUTABLE, folder / "launchpad"], check=True)
        configuration = folder / "server.conf"
        configuration.write_text("max_payload: 1MB\n")
        project = folder / "project"
        subprocess.run([folder / "launchpad", "init", project], check=True, stdout=subprocess.DEVNULL)
        port, other = free_port(), free_port()
        runs = [
            touched(folder, ["nats-server", "-a", "127.0.0.1", "-p", port, "-c", configuration], port),
            touched(folder, ["nats-server", "-a", "127.0.0.1", "-p", other, "-js", "-sd", folder / "store"], other),
            touched(folder, ["tangle", "--check", "--root", project]),
        ]
    finally:
        shutil.rmtree(folder)
    order = {}
    for step in (step for run in runs for step in run):
        # A step may hold the end of one section and the beginnings of others.
        index = max(bisect.bisect_right(starts, step) - 1, 0)
        while index < len(found) and found[index][0] < step + 16:
            if found[index][1] > step:
                order[found[index][2]] = None
            index += 1
    print("\n".join(order))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        use_server(int(sys.argv[3]))
    else:
        main()
