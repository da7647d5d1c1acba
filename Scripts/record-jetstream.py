#!/usr/bin/env python3
"""Renews what nats-server answers in the JetStream transcripts under Tests/JetStreamTests/Fixtures/Transcripts.

    Scripts/record-jetstream.py [TRANSCRIPT...]    all of them without arguments

A transcript is a conversation with one server that starts empty. Its lines:

    # ...               a comment, kept
    >>> SUBJECT         a request with a fresh inbox as its reply subject; ">>- SUBJECT" has none
    ^ Name: value       a header of the message above it
    | text              the body of the message above it
    <<< SUBJECT REPLY   what came back; _INBOX stands for the request's inbox. Written by this script
    +++ SUBJECT         subscribes; "+++ SUBJECT QUEUE" in a queue group; "--- SUBJECT" unsubscribes
    ... MS              waits
    %%% SETTING         a line of the server's jetstream block, only at the top

What differs from run to run is written as TIME, NANOS, ID and N. nats-server must be on PATH.
"""
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/JetStreamTests/Fixtures/Transcripts"
# Long enough for an answer of an idle server, short enough to record hundreds.
QUIET = 0.12
STEADY = [
    (r"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\.1\d{18}\.", ".NANOS."),
    (r'"(id|pinned_id|pinned_client_id|server|client)":"[A-Za-z0-9]{22}"', r'"\1":"ID"'),
    (r"Nats-Pin-Id: [A-Za-z0-9]{22}", "Nats-Pin-Id: ID"),
    (r'"(active|pause_remaining|ack_time)":\d+', r'"\1":N'),
    (r'"leader":"[A-Z0-9]{56}"', r'"leader":"SERVER"'),
    (r"\$JS\.FC\.(\S+)\.\S{4}\b", r"$JS.FC.\1.ID"),
    (r"(Nats-Stream-Source: .*) \S{8}$", r"\1 ID"),
    (r"Nats-Consumer-Stalled: \$JS\.FC\.(\S+)\.ID", r"Nats-Consumer-Stalled: $JS.FC.\1.ID"),
    (r"\$JS\.SNAPSHOT\.(\S+)\.[A-Za-z0-9]{22}", r"$JS.SNAPSHOT.\1.ID"),
]


def steady(text):
    for pattern, replacement in STEADY:
        text = re.sub(pattern, replacement, text)
    return text


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.buffer = b""
        self.inboxes = 0
        self.numbers = {}
        self.line()
        self.write(b'CONNECT {"verbose":false,"headers":true,"no_responders":true,"lang":"record","version":"1"}\r\n')

    def write(self, data):
        self.socket.sendall(data)

    def fill(self, deadline):
        self.socket.settimeout(max(0.001, deadline - time.time()))
        try:
            data = self.socket.recv(1 << 20)
        except TimeoutError:
            return False
        if not data:
            raise EOFError("the server closed the connection")
        self.buffer += data
        return True

    def line(self):
        while b"\r\n" not in self.buffer:
            self.fill(time.time() + 5)
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def take(self, count):
        while len(self.buffer) < count + 2:
            self.fill(time.time() + 5)
        data, self.buffer = self.buffer[:count], self.buffer[count + 2 :]
        return data

    def subscribe(self, subject, queue=""):
        number = len(self.numbers) + 1
        self.numbers.setdefault((subject, number), number)
        self.write(f"SUB {subject} {queue} {number}\r\n".encode())

    def unsubscribe(self, subject):
        for (known, _), number in list(self.numbers.items()):
            if known == subject:
                self.write(f"UNSUB {number}\r\n".encode())

    def publish(self, subject, reply, headers, body):
        block = b"".join(h.encode() + b"\r\n" for h in headers)
        if headers:
            block = b"NATS/1.0\r\n" + block + b"\r\n"
            head = f"HPUB {subject} {reply} {len(block)} {len(block) + len(body)}\r\n"
        else:
            head = f"PUB {subject} {reply} {len(body)}\r\n"
        self.write(head.encode() + block + body + b"\r\n")

    def messages(self, seconds, fixed=False):
        """Everything that arrives until nothing does for so long, or just for so long."""
        got, deadline = [], time.time() + seconds
        while True:
            if b"\r\n" not in self.buffer and not self.fill(deadline):
                return got
            if b"\r\n" not in self.buffer:
                continue
            words = self.line().decode().split()
            if words[0] in ("MSG", "HMSG"):
                sizes = [int(words.pop())]
                if words[0] == "HMSG":
                    sizes.insert(0, int(words.pop()))
                data = self.take(sizes[-1])
                cut = sizes[0] if len(sizes) == 2 else 0
                got.append((words[1], words[3] if len(words) > 3 else "", data[:cut], data[cut:]))
                if not fixed:
                    deadline = time.time() + seconds
            elif words[0] == "PING":
                self.write(b"PONG\r\n")
            elif words[0] == "-ERR":
                raise RuntimeError(" ".join(words))


def shown(message, inbox):
    subject, reply, header, body = message
    lines = ["<<< " + " ".join(filter(None, [subject.replace(inbox, "_INBOX") if inbox else subject, reply]))]
    lines += ["^ " + line for line in header.decode().rstrip("\r\n").split("\r\n") if header]
    lines += ["| " + line for line in body.decode(errors="backslashreplace").split("\n") if body]
    return [steady(line) for line in lines]


def record(path):
    lines = [line for line in path.read_text().splitlines()]
    settings = [line[4:] for line in lines if line.startswith("%%% ")]
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "server.conf"
        config.write_text(
            f"listen: 127.0.0.1:-1\nports_file_dir: {folder}\n"
            f"jetstream {{\n store_dir: {folder}/store\n" + "\n".join(settings) + "\n}\n"
        )
        server = subprocess.Popen(["nats-server", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            path.write_text("\n".join(converse(lines, Connection(port(folder)))) + "\n")
        finally:
            server.terminate()
            server.wait()


def port(folder):
    deadline = time.time() + 10
    while time.time() < deadline:
        for file in pathlib.Path(folder).glob("*.ports"):
            found = re.search(r'"nats://127\.0\.0\.1:(\d+)"', file.read_text())
            if found:
                return int(found.group(1))
        time.sleep(0.02)
    raise TimeoutError("nats-server did not start")


def converse(lines, connection):
    out, inbox, index = [], "", 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if line.startswith("<<< "):
            while index < len(lines) and lines[index][:2] in ("^ ", "| ", "|"):
                index += 1
            continue
        out.append(line)
        if line[:3] in (">>>", ">>-"):
            headers, body = [], []
            while index < len(lines) and lines[index][:1] in ("^", "|"):
                out.append(lines[index])
                (headers if lines[index][0] == "^" else body).append(lines[index][2:])
                index += 1
            reply = ""
            if line[:3] == ">>>":
                connection.inboxes += 1
                inbox = reply = f"_INBOX{connection.inboxes}"
                connection.subscribe(inbox)
            connection.publish(line[4:], reply, headers, "\n".join(body).encode())
            wait = QUIET
        elif line.startswith("+++ "):
            connection.subscribe(*line[4:].split())
            continue
        elif line.startswith("--- "):
            connection.unsubscribe(line[4:])
            wait = 0.02
        elif line.startswith("... "):
            wait = int(line[4:]) / 1000
        else:
            continue
        for message in connection.messages(wait, fixed=line.startswith("... ")):
            out += shown(message, inbox)
    return out


def main():
    chosen = [pathlib.Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.txt"))
    for path in chosen:
        print(path.name, flush=True)
        record(path)


main()
