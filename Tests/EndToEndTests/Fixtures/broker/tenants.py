"""Two tenants on one server: wrong passwords, permissions, and isolation."""
import asyncio
import sys

import nats

from settle import settle


async def main(url):
    errors = asyncio.Queue()

    async def keep(error):
        await errors.put(str(error))

    refused = None
    try:
        await nats.connect(url, user="a", password="wrong", allow_reconnect=False, max_reconnect_attempts=0, error_cb=keep)
    except Exception as error:
        refused = str(error)
    assert refused and "authorization violation" in refused.lower(), refused
    while not errors.empty():
        errors.get_nowait()

    a = await nats.connect(url, user="a", password="a", error_cb=keep)
    b = await nats.connect(url, user="b", password="b")

    seen = []

    async def note(message):
        seen.append(message.data)

    await a.subscribe("TENANT_A.>", cb=note)
    await b.subscribe(">", cb=note)
    await settle(a)
    await settle(b)

    await a.publish("TENANT_B.orders", b"refused")
    await settle(a)
    error = await asyncio.wait_for(errors.get(), 5)
    assert 'permissions violation for publish to "tenant_b.orders"' in error.lower(), error

    await a.subscribe("TENANT_B.>")
    await settle(a)
    error = await asyncio.wait_for(errors.get(), 5)
    assert 'permissions violation for subscription to "tenant_b.>"' in error.lower(), error

    await b.publish("TENANT_A.orders", b"from b")
    await settle(b)
    await a.publish("TENANT_A.orders", b"from a")
    await settle(a)
    await settle(b)
    assert seen == [b"from b", b"from a"], seen

    await a.close()
    await b.close()
    print("ok")


asyncio.run(main(sys.argv[1]))
