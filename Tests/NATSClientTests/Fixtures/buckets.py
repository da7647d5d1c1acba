"""The other side of a bucket: `write` fills a key-value bucket and an object store, `read` checks those of the other."""
import asyncio
import io
import sys

import nats
from nats.js.api import ObjectMeta
from nats.js.errors import KeyNotFoundError

LARGE = bytes((i * 31) % 256 for i in range(300_000))


async def write(js):
    values = await js.create_key_value(bucket="FROM_PY", history=5)
    await values.put("line1.speed", b"120")
    await values.put("line1.speed", b"140")
    await values.put("gone", b"x")
    await values.delete("gone")
    objects = await js.create_object_store("FROM_PY")
    await objects.put("large", LARGE, meta=ObjectMeta(description="from Python"))
    await objects.put("file", io.BytesIO(b"small"))
    await objects.put("deleted", b"x")
    await objects.delete("deleted")


async def read(js):
    values = await js.key_value("FROM_SWIFT")
    entry = await values.get("line1.speed")
    assert (entry.value, entry.revision) == (b"140", 2), entry
    assert [e.value for e in await values.history("line1.speed")] == [b"120", b"140"]
    try:
        await values.get("gone")
        raise AssertionError("the key is there")
    except KeyNotFoundError:
        pass
    assert await values.keys() == ["line1.speed"]
    objects = await js.object_store("FROM_SWIFT")
    large = await objects.get("large")
    assert large.data == LARGE
    assert large.info.description == "from Swift", large.info
    assert (await objects.get("link")).data == b"small"
    names = sorted(info.name for info in await objects.list() if not info.deleted)
    assert names == ["file", "large", "link"], names


async def main(mode, url):
    client = await nats.connect(url)
    await {"write": write, "read": read}[mode](client.jetstream())
    await client.close()


asyncio.run(main(*sys.argv[1:]))
