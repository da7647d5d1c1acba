"""WebSocket as clients and browsers meet it."""
import json
import os
import struct
import time
import urllib.request

from frames import (BROWSER, CLOSE, DEFLATE, KEY, PING, PONG, answer, close, deflated, frame, read_bytes, read_frames,
                    request, upgraded)
from peer import CONNECT, Cases

case = Cases()
OVERSIZE = b"CONNECT {\"verbose\":false}\r\nPUB x 999999999\r\n"

HANDSHAKES = {
    "a request as it should be": {},
    "a request by POST": {"method": "POST"},
    "a request by HEAD": {"method": "HEAD"},
    "no Host": {"without": ["Host"]},
    "no Upgrade": {"without": ["Upgrade"]},
    "an Upgrade to something else": {"headers": {"Upgrade": "h2c"}},
    "Upgrade among others, in capitals": {"headers": {"Upgrade": "h2c, WEBSOCKET"}},
    "no Connection": {"without": ["Connection"]},
    "a Connection that is to be closed": {"headers": {"Connection": "close"}},
    "a Connection with more to say": {"headers": {"Connection": "keep-alive, Upgrade"}},
    "no key": {"without": ["Sec-WebSocket-Key"]},
    "a key that is too short": {"headers": {"Sec-WebSocket-Key": "YWJj"}},
    "a key that is no base 64": {"headers": {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZ*=="}},
    "no version": {"without": ["Sec-WebSocket-Version"]},
    "an old version": {"headers": {"Sec-WebSocket-Version": "8"}},
    "another page's origin": {"headers": {"Origin": "http://evil.example"}},
    "a wish for compression": {"headers": DEFLATE},
    "a wish not to mask": {"headers": {"Nats-No-Masking": "true"}},
    "any path": {"path": "/some/where?a=b"},
    "the path of MQTT": {"path": "/mqtt"},
    "HTTP 1.0": {"version": "HTTP/1.0"},
}


def shake(options):
    def run(target, see):
        connection = target.open(target.websocket)
        connection.sendall(request(target, **options))
        see(answer(connection, has_body=options.get("method") != "HEAD"))

    return run


for title, options in HANDSHAKES.items():
    case("ws", title)(shake(options))
case("wscompress", "compression, granted")(shake({"headers": DEFLATE}))
case("wscompress", "compression that nobody asks for")(shake({}))
case("wscompress", "another extension")(shake({"headers": {"Sec-WebSocket-Extensions": "x-webkit-deflate-frame"}}))

ORIGINS = ["", "http://localhost:1", "https://localhost:1", "http://LOCALHOST:1", "http://localhost", "http://good.example",
           "http://good.example:80", "http://good.example:81", "https://secure.example:8443", "https://secure.example",
           "null", "http://[::1]:1"]
for group in ["wsorigin", "wsallowed"]:
    for origin in ORIGINS:
        case(group, f"the origin \"{origin}\"")(shake({"headers": {"Origin": origin} if origin else {}}))


@case("ws", "no HTTP at all")
def garbage(target, see):
    connection = target.open(target.websocket)
    connection.sendall(b"GARBAGE\r\n\r\n")
    see(answer(connection))


@case("ws", "two requests on one connection, the first of them refused")
def again(target, see):
    connection = target.open(target.websocket)
    for without in [["Sec-WebSocket-Key"], []]:
        connection.sendall(request(target, without=without))
        see(answer(connection))


@case("ws", "a request for a leaf node's WebSocket ends the connection")
def leaf(target, see):
    connection = target.open(target.websocket)
    connection.sendall(request(target, path="/leafnode"))
    answer(connection)
    see(connection.recv(10).decode())


@case("wscompress", "a client that never asks")
def silent(target, see):
    connection = target.open(target.websocket)
    started = time.monotonic()
    see(connection.recv(10).decode())
    see(time.monotonic() - started < 5)


BIG = b"CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPUB foo 3000\r\n" + b"ab" * 1500 + b"\r\nPING\r\n"
EXCHANGES = {
    "binary frames": ([frame(2, CONNECT)], b"PONG"),
    "text frames": ([frame(1, CONNECT)], b"PONG"),
    "a message in three frames": ([frame(2, CONNECT[:10], False), frame(0, CONNECT[10:20], False), frame(0, CONNECT[20:])], b"PONG"),
    "a ping between the frames of a message": ([frame(2, CONNECT[:9], False), frame(PING, b"?"), frame(0, CONNECT[9:])], b"PONG\r\n"),
    "frames that come byte by byte": ([bytes([byte]) for byte in frame(2, CONNECT)], b"PONG"),
    "protocol that stops in the middle of a frame's end": ([frame(2, CONNECT[:-3]), frame(2, CONNECT[-3:])], b"PONG"),
    "empty frames": ([frame(2, b""), frame(2, CONNECT)], b"PONG"),
    "a large message": ([frame(2, BIG)], b"PONG"),
    "a ping": ([frame(PING, b"hello"), close(1000)], None),
    "a ping without anything in it": ([frame(PING, b""), close(1000)], None),
    "a pong that nobody asked for": ([frame(PONG, b"x"), frame(2, CONNECT)], b"PONG"),
    "a close without a status": ([frame(CLOSE, b"")], None),
    "a close with a status and a text": ([close(1001, b"bye")], None),
    "a close with a status of an application": ([close(4321)], None),
    "a close whose text is no UTF-8": ([close(1000, b"\xff\xfe")], None),
    "a payload that is too large": ([frame(2, OVERSIZE)], None),
    "a size that is none": ([frame(2, CONNECT[:-6] + b"PUB foo -1\r\n")], None),
    "a CONNECT that is no document": ([frame(2, b"CONNECT {x\r\n")], None),
    "a line that is too long": ([frame(2, CONNECT[:-6] + b"SUB " + b"x" * 5000 + b" 1\r\n")], None),
}


@case("ws", "why clients have gone, as monitoring shows it")
def reasons(target, see):
    for text in [b"NONSENSE\r\n", b"PUB foo -1\r\n", b"PUB x 999999999\r\n"]:
        exchange([frame(2, b"CONNECT {\"name\":\"bad\",\"verbose\":false}\r\n" + text)], None)(target, lambda seen: None)
    gone = []
    while len(gone) < 3:
        with urllib.request.urlopen(f"http://127.0.0.1:{target.http}/connz?state=closed") as answer:
            gone = [one for one in json.load(answer)["connections"] if one.get("name") == "bad"]
    see(sorted(one["reason"] for one in gone))


BROKEN = {
    "a frame without a mask": [frame(2, CONNECT, is_masked=False)],
    "the second reserved bit": [frame(2, CONNECT, reserved=2)],
    "the third reserved bit": [frame(2, CONNECT, reserved=1)],
    "a compressed frame that was not agreed on": [frame(2, deflated(CONNECT), reserved=4)],
    "an opcode that nobody knows": [frame(3, CONNECT)],
    "a continuation of nothing": [frame(0, CONNECT)],
    "a message within a message": [frame(2, CONNECT[:-6], False), frame(2, CONNECT)],
    "a ping that is too long": [frame(PING, b"x" * 126)],
    "a ping in pieces": [frame(PING, b"x", False)],
    "a close of one byte": [frame(CLOSE, b"x")],
    "a close with status 1005": [close(1005)],
    "a close with status 999": [close(999)],
    "a length with its first bit set": [b"\x82\xff" + b"\xff" * 8 + b"mask"],
}


def exchange(frames, end, headers=None):
    def run(target, see):
        connection = upgraded(target, headers)
        for one in frames:
            connection.sendall(one)
        read_frames(connection, see, end)

    return run


def broken(frames, headers=None):
    """The server may or may not get its close frame out before it closes: that is left to chance in nats-server."""

    def run(target, see):
        def keep(seen):
            if seen[2] != CLOSE:
                see(seen)

        exchange(frames, None, headers)(target, keep)

    return run


for title, (frames, end) in EXCHANGES.items():
    case("ws", title)(exchange(frames, end))
for title, frames in BROKEN.items():
    case("ws", title)(broken(frames))


@case("ws", "no masks, as agreed")
def unmasked(target, see):
    exchange([frame(2, CONNECT, is_masked=False)], b"PONG", {"Nats-No-Masking": "true"})(target, see)


whole = deflated(BIG)
for title, frames in {
    "a compressed message": [frame(2, whole, reserved=4)],
    "a compressed message in pieces": [frame(2, whole[:10], False, 4), frame(0, whole[10:])],
    "a message that is not compressed where it may be": [frame(2, BIG)],
    "two compressed messages": [frame(2, deflated(CONNECT), reserved=4), frame(2, whole, reserved=4)],
}.items():
    case("wscompress", title)(exchange(frames, b"MSG foo", DEFLATE))
for title, frames in {
    "a compressed ping": [frame(PING, b"x", reserved=4)],
    "a continuation that says it is compressed": [frame(2, whole[:10], False, 4), frame(0, whole[10:], reserved=4)],
    "what is no deflate": [frame(2, b"\xff" * 5, reserved=4)],
    "more than max_payload in one compressed message": [frame(2, deflated(CONNECT[:-6] + b"SUB x 1\r\n" * 3000), reserved=4)],
}.items():
    case("wscompress", title)(broken(frames, DEFLATE))


def to_browser(headers, size):
    def run(target, see):
        connection = upgraded(target, {**BROWSER, **headers})
        payload = os.urandom(size)
        connection.sendall(
            frame(2, b"CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPUB foo %d\r\n" % size + payload + b"\r\nPING\r\n"))
        data, shapes = read_bytes(connection, b"PONG\r\n")
        see(payload in data)
        see(max(shape[3] for shape in shapes) <= 4096)
        # The frames that belong to one message: the first says what it is, the others go on.
        see(sorted({shape[:3] for shape in shapes}))

    return run


case("ws", "small frames for a browser")(to_browser({}, 15000))
case("wscompress", "small frames for a browser, compressed")(to_browser(DEFLATE, 15000))


def credentials(connect, headers=None, then=b""):
    text = b"CONNECT {%s\"verbose\":false,\"protocol\":1}\r\n" % connect + then + b"PING\r\n"
    return exchange([frame(2, text)], b"PONG", headers)


case("wstoken", "a token")(credentials(b'"auth_token":"sesame",'))
case("wstoken", "the wrong token")(credentials(b'"auth_token":"simsalabim",'))
case("wstoken", "a token in a cookie")(credentials(b"", {"Cookie": "a=b; tk=sesame"}))
case("wstoken", "no token")(credentials(b""))
case("wstoken", "a client that says nothing")(exchange([], None))
case("wsuser", "no credentials")(credentials(b"", then=b"PUB web.x 0\r\n\r\nPUB other 0\r\n\r\n"))
case("wsuser", "a user and a password")(credentials(b'"user":"both","pass":"b",', then=b"PUB other 0\r\n\r\n"))
case("wsuser", "a user and the wrong password")(credentials(b'"user":"both","pass":"x",'))
case("wsuser", "a user who may not come as a WebSocket")(credentials(b'"user":"tcp","pass":"t",'))
case("wsuser", "a user and a password in cookies")(
    credentials(b"", {"Cookie": "u=both; p=b"}, then=b"PUB other 0\r\n\r\n"))

if __name__ == "__main__":
    case.main()
