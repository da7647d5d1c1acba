"""Drives a NATS server with nats-py: publish, subscribe, request, headers, queue groups, no responders."""
import asyncio
import sys

import nats
from nats.errors import NoRespondersError

from settle import settle


async def main(url):
    client = await nats.connect(url, name="core")
    other = await nats.connect(url)

    messages = asyncio.Queue()

    async def keep(message):
        await messages.put(message)

    await client.subscribe("orders.*", cb=keep)
    await settle(client)
    await other.publish("orders.eu", b"one")
    await other.publish("orders.eu.late", b"not for me")
    await other.publish("orders.us", b"two", headers={"Trace": "7"})
    first = await asyncio.wait_for(messages.get(), 5)
    second = await asyncio.wait_for(messages.get(), 5)
    assert (first.subject, first.data, first.headers) == ("orders.eu", b"one", None)
    assert (second.data, second.headers) == (b"two", {"Trace": "7"})

    async def answer(message):
        await message.respond(b"re: " + message.data)

    await client.subscribe("service", cb=answer)
    await settle(client)
    reply = await other.request("service", b"question", timeout=5)
    assert reply.data == b"re: question"

    try:
        await other.request("nobody.home", b"", timeout=5)
        raise AssertionError("somebody answered")
    except NoRespondersError:
        pass

    counts = [0, 0, 0]
    done = asyncio.Event()

    def worker(index):
        async def work(message):
            counts[index] += 1
            if sum(counts) == 300:
                done.set()

        return work

    for index in range(3):
        await client.subscribe("jobs", queue="workers", cb=worker(index))
    await settle(client)
    for _ in range(300):
        await other.publish("jobs", b"job")
    await asyncio.wait_for(done.wait(), 5)
    assert sum(counts) == 300 and min(counts) > 50, counts

    large = bytes(range(256)) * 4000
    got = asyncio.Queue()

    async def take(message):
        await got.put(message.data)

    limited = await client.subscribe("large", cb=take)
    await limited.unsubscribe(limit=2)
    await settle(client)
    for _ in range(4):
        await other.publish("large", large)
    await settle(other)
    await settle(client)
    assert await asyncio.wait_for(got.get(), 5) == large
    assert await asyncio.wait_for(got.get(), 5) == large
    assert got.empty()

    await client.drain()
    await other.close()
    print("ok")


asyncio.run(main(sys.argv[1]))
