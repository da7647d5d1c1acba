"""Drives a NATS server with nats-py over TLS and over WebSocket: natspy.py FOLDER TLS-URL WS-URL WSS-URL."""
import asyncio
import ssl
import sys

import nats


async def talk(url, **options):
    """Two clients, a request between them, and a message larger than any buffer on the way."""
    client = await nats.connect(url, allow_reconnect=False, **options)
    other = await nats.connect(url, allow_reconnect=False, **options)

    async def answer(message):
        await message.respond(message.data[::-1])

    await client.subscribe("service.>", cb=answer)
    await client.flush()
    for payload in [b"question", b"0123456789" * 60000]:
        reply = await other.request("service.a", payload, timeout=10)
        assert reply.data == payload[::-1], len(reply.data)
    await client.close()
    await other.close()


async def main(folder, tls_url, ws_url, wss_url):
    context = ssl.create_default_context(cafile=folder + "/ca.pem")
    context.load_cert_chain(folder + "/client.pem", folder + "/client.key")
    await talk(tls_url, tls=context)
    await talk(tls_url, tls=context, tls_hostname="localhost")
    await talk(ws_url)
    await talk(wss_url, tls=context)
    try:
        await talk(tls_url, tls=ssl.create_default_context())
        raise AssertionError("an unknown authority was trusted")
    except ssl.SSLCertVerificationError:
        pass
    print("ok")


asyncio.run(main(*sys.argv[1:]))
