"""WebSocket handshakes and frames, by hand: RFC 6455 and RFC 7692."""
import os
import re
import struct
import zlib

from peer import masked

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
CLOSE, PING, PONG = 8, 9, 10
DEFLATE = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0"}


def request(target, headers=None, method="GET", path="/", without=(), version="HTTP/1.1"):
    fields = {
        "Host": "localhost:1", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    fields.update(headers or {})
    lines = [f"{method} {path} {version}"] + [f"{name}: {value}" for name, value in fields.items() if name not in without]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection, has_body=True):
    """The head of the answer, and its body where there is one."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1)
        if not piece:
            return data.decode() + "(closed)"
        data += piece
    head = re.sub(r"Date: .*\r\n", "Date\r\n", data.decode())
    if head.startswith("HTTP/1.1 101"):
        return head
    length = re.search(r"Content-Length: (\d+)", head)
    body = b""
    while has_body and (length is None or len(body) < int(length.group(1))):
        piece = connection.recv(4096)
        if not piece:
            break
        body += piece
    return head + body.decode()


def upgraded(target, headers=None, connection=None):
    connection = connection or target.open(target.websocket)
    connection.sendall(request(target, headers))
    head = answer(connection)
    assert head.startswith("HTTP/1.1 101"), head
    return connection


def frame(opcode, payload, final=True, reserved=0, is_masked=True):
    head = bytes([final << 7 | reserved << 4 | opcode])
    mark = 0x80 if is_masked else 0
    size = len(payload)
    if size < 126:
        head += bytes([mark | size])
    elif size < 65536:
        head += bytes([mark | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", size)
    if not is_masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[index & 3] for index, byte in enumerate(payload))


def close(status, text=b""):
    return frame(CLOSE, struct.pack(">H", status) + text)


def deflated(data):
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def inflated(data):
    return zlib.decompressobj(-15).decompress(data + b"\0\0\xff\xff")


def exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def read_frame(connection):
    """Whether it is final, its reserved bits, its opcode and its payload."""
    first, second = exactly(connection, 2)
    assert second < 0x80, "servers do not mask"
    size = second
    if size == 126:
        size = struct.unpack(">H", exactly(connection, 2))[0]
    elif size == 127:
        size = struct.unpack(">Q", exactly(connection, 8))[0]
    return first >> 7, first >> 4 & 7, first & 15, exactly(connection, size)


def read_frames(connection, see, end=None):
    """Reports frames until one holds `end`, or until the server closes.

    How much of what waits to be sent goes into one message is left to chance: messages of one kind are shown as one, and
    the INFO that follows a first PONG, be it in the same message or in the next, is not shown."""
    seen = []
    try:
        while True:
            final, reserved, opcode, payload = read_frame(connection)
            text = inflated(payload) if reserved & 4 and final else payload
            if end and end.startswith(b"PONG") and b"PONG\r\n" in text:
                text = text[: text.index(b"PONG\r\n") + len(b"PONG\r\n")]
            shown = payload.hex() if opcode == CLOSE else masked(text.decode(errors="replace"))
            if seen and opcode == 2 and seen[-1][:3] == [final, reserved, opcode]:
                seen[-1][3] += shown
            else:
                seen.append([final, reserved, opcode, shown])
            if end and end in text:
                return
    finally:
        for one in seen:
            see(one)


def read_bytes(connection, end):
    """All bytes of messages until `end`, and the shapes of the frames that they came in."""
    data, shapes, message = b"", [], b""
    compressed = False
    while end not in data:
        final, reserved, opcode, payload = read_frame(connection)
        shapes.append((final, reserved, opcode, len(payload)))
        compressed = reserved & 4 if opcode else compressed
        message += payload
        if final:
            data += inflated(message) if compressed else message
            message = b""
    return data, shapes
