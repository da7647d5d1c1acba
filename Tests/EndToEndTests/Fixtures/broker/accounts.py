"""Drives a NATS server with nats-py across accounts: an nkey, a bcrypt password, service and stream imports."""
import asyncio
import sys

import nats
from nats.errors import NoRespondersError

# The seed of the key that the configuration names, of 32 bytes with the value 1.
SEED = "SUAACAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAN7EY"
OTHER_SEED = "SUAAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAT6EE"


async def ignore(error):
    """Keeps nats-py from printing an error that is expected."""


async def refused(url, **options):
    try:
        await nats.connect(url, allow_reconnect=False, connect_timeout=5, error_cb=ignore, **options)
    except nats.errors.Error:
        return
    raise AssertionError("let in")


async def main(url):
    await refused(url)
    await refused(url, nkeys_seed_str=OTHER_SEED)
    await refused(url, user="customer", password="Secret")
    shop = await nats.connect(url, nkeys_seed_str=SEED)
    customer = await nats.connect(url, user="customer", password="secret")

    try:
        await customer.request("shop.price.pear", b"", timeout=5)
        raise AssertionError("somebody answered")
    except NoRespondersError:
        pass

    async def price(message):
        assert message.headers["Nats-Request-Info"].startswith('{"acc":"CUSTOMER"')
        await message.respond(message.subject.encode())

    await shop.subscribe("price.*", cb=price, queue="prices")

    async def names(message):
        for name in [b"apple", b"pear", b""]:
            await message.respond(name)

    await shop.subscribe("list", cb=names)
    await shop.flush()
    answers = await asyncio.gather(*[customer.request(f"shop.price.{i}", b"", timeout=5) for i in range(100)])
    assert [answer.data for answer in answers] == [f"price.{i}".encode() for i in range(100)]
    assert (await customer.request("cheapest", b"", timeout=5)).data == b"price.apple"

    inbox = customer.new_inbox()
    listing = await customer.subscribe(inbox)
    await customer.publish("list", b"", reply=inbox)
    assert [(await listing.next_msg(timeout=5)).data for _ in range(3)] == [b"apple", b"pear", b""]

    news = await customer.subscribe("shop.news.*")
    await customer.flush()
    await shop.publish("news.today", b"sale", headers={"A": "b"})
    message = await news.next_msg(timeout=5)
    assert (message.subject, message.data, message.headers) == ("shop.news.today", b"sale", {"A": "b"})
    await news.unsubscribe()

    await shop.close()
    await customer.close()
    print("ok")


asyncio.run(main(sys.argv[1]))
