"""A store on a file system that fills up, or that becomes read-only. Prints ok.

Arguments: the executable of the server, the folder that the file system is mounted on, `full` or `readonly`.
"""

import asyncio
import atexit
import glob
import json
import os
import subprocess
import sys
import time

import nats
from nats.js.errors import APIError

SERVER, DISK, WHAT = sys.argv[1:]
LOGS = os.path.join(os.path.dirname(DISK), "logs")


def start():
    os.makedirs(LOGS, exist_ok=True)
    with open(LOGS + "/server.conf", "w") as file:
        file.write(f'jetstream {{ store_dir: "{DISK}/store", max_mem: 1G, max_file: 1G }}')
    arguments = ["nats-server", "-a", "127.0.0.1", "-p", "-1", "-c", LOGS + "/server.conf"]
    arguments += ["-l", LOGS + "/log", "--ports_file_dir", LOGS]
    process = subprocess.Popen([SERVER] + arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    ports = f"{LOGS}/nats-server_{process.pid}.ports"
    limit = time.monotonic() + 30
    while time.monotonic() < limit and process.poll() is None:
        if os.path.exists(ports) and os.path.getsize(ports):
            return process, json.load(open(ports))["nats"][0]
        time.sleep(0.01)
    return process, None


async def fill(js, body):
    """Publishes until it is refused. Returns how often that went well."""
    stored = 0
    while True:
        try:
            ack = await js.publish("s.1", b"%08d" % stored + body)
            stored = ack.seq
        except APIError as error:
            assert error.err_code == 10077, error
            return stored


async def check(js, last, body):
    info = await js.stream_info("S")
    assert info.state.last_seq == last, (info.state.last_seq, last)
    for sequence in range(info.state.first_seq, last + 1, 7):
        message = await js.get_msg("S", sequence)
        assert message.data == b"%08d" % (sequence - 1) + body, sequence


async def full(js):
    body = b"x" * 8192
    with open(DISK + "/filler", "wb") as file:
        file.write(b"f" * (1 << 20))
    stored = await fill(js, body)
    assert stored > 100, stored
    await check(js, stored, body)
    # It goes on once there is room, and is full again.
    os.remove(DISK + "/filler")
    more = await fill(js, body)
    assert more > stored + 50, (stored, more)
    await check(js, more, body)
    return more, body


async def read_only(js):
    body = b"y" * 100
    for number in range(200):
        await js.publish("s.1", b"%08d" % number + body)
    blocks = glob.glob(DISK + "/store/jetstream/$G/streams/S/msgs/*.blk")
    assert blocks
    # What is open stays writable, so that nothing new can be made is all that a server sees.
    try:
        await js.add_stream(name="T", subjects=["t"])
    except APIError as error:
        assert error.code == 500, error
    return 200, body


async def main():
    server, url = start()
    assert url, open(LOGS + "/log").read()
    nc = await nats.connect(url, allow_reconnect=False)
    js = nc.jetstream(timeout=20)
    await js.add_stream(name="S", subjects=["s.>"])
    last, body = await (full(js) if WHAT == "full" else read_only(js))
    await nc.close()
    server.kill()
    server.wait()
    if WHAT == "readonly":
        subprocess.run(["mount", "-o", "remount,ro", DISK], check=True)
        server, url = start()
        assert url is None and server.wait() == 1
        assert "Can't start JetStream: storage directory is not writable" in open(LOGS + "/log").read()
        subprocess.run(["mount", "-o", "remount,rw", DISK], check=True)
    server, url = start()
    assert url, open(LOGS + "/log").read()
    nc = await nats.connect(url, allow_reconnect=False)
    await check(nc.jetstream(timeout=20), last, body)
    await nc.close()
    server.terminate()
    assert server.wait() == 0
    print("ok")


asyncio.run(main())
