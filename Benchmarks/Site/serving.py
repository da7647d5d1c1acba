"""Serving: from an edit of one page of many to the page in the browser, told by the channel that reloads it."""

import json
import pathlib
import re
import socket
import statistics
import subprocess
import time
import urllib.request

DEADLINE = 60


class Events:
    """The events that a page listens to."""

    def __init__(self, address):
        host, port = re.fullmatch(r"http://([^/:]+):(\d+)/", address).groups()
        self.socket = socket.create_connection((host, int(port)), timeout=DEADLINE)
        self.socket.sendall(f"GET /_launchpad/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        self.lines = self.socket.makefile("rb")

    def reload(self, path):
        """Waits until the page at `path` is to be loaded again."""
        event = ""
        for line in self.lines:
            text = line.decode().strip()
            if text.startswith("event:"):
                event = text[6:].strip()
            elif text.startswith("data:") and event == "reload" and path in json.loads(text[5:]):
                return
        raise ConnectionError("the channel has ended")


def read(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def measure(launchpad, folder, rounds):
    """Prints how long the edit of a page takes; true where the bar is met."""
    log = pathlib.Path(folder, "serve.log")
    with open(log, "wb") as output:
        server = subprocess.Popen([launchpad, "serve", "--port", "0"], cwd=folder, stdout=output, stderr=output)
    try:
        def printed(pattern):
            end = time.monotonic() + DEADLINE
            while time.monotonic() < end:
                found = re.search(pattern, log.read_text(errors="replace"))
                if found:
                    return found[0]
                time.sleep(0.01)
            raise TimeoutError(f"not printed: {pattern}")

        address = printed(r"http://[^ ]+/")
        printed(r"built in ")
        guides = sorted(pathlib.Path(folder, "docs").rglob("*.md"))
        times = []
        for number in range(rounds):
            guide = guides[len(guides) * (number + 1) // (rounds + 1)]
            path = str(guide.relative_to(pathlib.Path(folder, "docs")).with_suffix(".html"))
            read(address + path)
            events = Events(address)
            # The search follows a page; nobody edits faster than that.
            time.sleep(1)
            mark = f"Words {number} that were not there before."
            text = guide.read_text() + f"\n{mark}\n"
            start = time.perf_counter()
            guide.write_text(text)
            events.reload(path)
            # What was proven meanwhile may change the page as well.
            while mark not in read(address + path):
                events.reload(path)
            times.append((time.perf_counter() - start) * 1000)
            events.socket.close()
    finally:
        server.terminate()
        server.wait(DEADLINE)
    median = statistics.median(times)
    print(
        f"{len(guides):6,} pages, served: an edited page shows after {median:.0f} ms"
        f" (bar: 100 ms; {min(times):.0f} to {max(times):.0f})", flush=True)
    return median <= 100
