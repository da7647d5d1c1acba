"""nats-py's streams, consumers, key-value and object store, against one server. Prints ok."""

import asyncio
import sys

import nats
from nats.errors import NoRespondersError, TimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, RetentionPolicy, StorageType
from nats.js.errors import (
    APIError,
    BadRequestError,
    BucketNotFoundError,
    KeyNotFoundError,
    KeyWrongLastSequenceError,
    NoKeysError,
    NotFoundError,
    ObjectNotFoundError,
)


async def streams(js):
    info = await js.add_stream(name="EVENTS", subjects=["enterprise.>"])
    assert info.config.storage == StorageType.FILE and info.state.messages == 0
    for number in range(100):
        ack = await js.publish(f"enterprise.{number % 4}", b"event %d" % number, headers={"Number": str(number)})
        assert (ack.stream, ack.seq) == ("EVENTS", number + 1), ack
    again = await js.publish("enterprise.x", b"", headers={"Nats-Msg-Id": "one"})
    assert not again.duplicate
    assert (await js.publish("enterprise.x", b"", headers={"Nats-Msg-Id": "one"})).duplicate
    message = await js.get_msg("EVENTS", 7)
    assert message.data == b"event 6" and message.headers["Number"] == "6"
    assert (await js.get_last_msg("EVENTS", "enterprise.3")).seq == 100
    info = await js.stream_info("EVENTS", subjects_filter=">")
    assert info.state.subjects["enterprise.0"] == 25 and info.state.messages == 101
    assert await js.find_stream_name_by_subject("enterprise.4") == "EVENTS"
    assert [one.config.name for one in await js.streams_info()] == ["EVENTS"]
    await js.update_stream(name="EVENTS", subjects=["enterprise.>"], max_msgs=50)
    assert (await js.stream_info("EVENTS")).state.messages == 50
    assert await js.delete_msg("EVENTS", 100)
    await js.purge_stream("EVENTS", subject="enterprise.1")
    try:
        await js.publish("nobody.there", b"")
        raise AssertionError("published to nobody")
    except nats.js.errors.NoStreamResponseError:
        pass
    futures = [await js.publish_async("enterprise.async", b"%d" % number) for number in range(500)]
    sequences = [(await future).seq for future in futures]
    assert sequences == list(range(sequences[0], sequences[0] + 500))


async def consumers(nc, js):
    await js.add_stream(name="WORK", subjects=["work.*"], retention=RetentionPolicy.WORK_QUEUE)
    for number in range(30):
        await js.publish("work.do", b"%d" % number)
    sub = await js.pull_subscribe("work.do", "worker")
    messages = await sub.fetch(10, timeout=5)
    assert [message.data for message in messages] == [b"%d" % number for number in range(10)]
    assert messages[3].metadata.sequence.stream == 4 and messages[3].metadata.num_pending == 26
    for message in messages[:8]:
        await message.ack_sync()
    await messages[8].nak()
    await messages[9].term()
    # What was refused comes again, before the next new message or after it.
    left = 20
    while (again := (await sub.fetch(1, timeout=5))[0]).data != b"8":
        await again.ack_sync()
        left -= 1
    assert again.reply.split(".")[4] == "2", again.reply
    await again.in_progress()
    await again.ack_sync()
    assert (await js.stream_info("WORK")).state.messages == left
    batches = []
    while len(batches) < left:
        for message in await sub.fetch(7, timeout=5):
            batches.append(message.data)
            await message.ack_sync()
    assert (await js.stream_info("WORK")).state.messages == 0
    try:
        await sub.fetch(1, timeout=0.3)
        raise AssertionError("there was nothing to fetch")
    except TimeoutError:
        pass

    await js.add_stream(name="PUSH", subjects=["push.>"], storage=StorageType.MEMORY)
    got = []
    done = asyncio.Event()

    async def take(message):
        got.append(message.data)
        await message.ack()
        if len(got) == 50:
            done.set()

    await js.subscribe("push.>", durable="pusher", cb=take, manual_ack=True)
    for number in range(50):
        await js.publish("push.it", b"%d" % number)
    await asyncio.wait_for(done.wait(), 10)
    assert got == [b"%d" % number for number in range(50)]

    ordered = await js.subscribe("push.>", ordered_consumer=True)
    seen = [(await ordered.next_msg(timeout=5)).data for _ in range(50)]
    assert seen == got
    await ordered.unsubscribe()

    queue = [await js.subscribe("push.>", queue="group", durable="group") for _ in range(3)]
    total = 0
    for sub in queue:
        while True:
            try:
                message = await sub.next_msg(timeout=0.3)
            except TimeoutError:
                break
            total += 1
            await message.ack()
    assert total == 50, total
    last = await js.subscribe("push.>", config=ConsumerConfig(deliver_policy=DeliverPolicy.LAST))
    assert (await last.next_msg(timeout=5)).data == b"49"
    assert {one.name for one in await js.consumers_info("PUSH")} >= {"pusher", "group"}
    assert await js.delete_consumer("PUSH", "group")
    try:
        await js.consumer_info("PUSH", "group")
        raise AssertionError("the consumer is still there")
    except NotFoundError:
        pass


async def keys(kv):
    """Every key. nats-py ends its list before the first of them where all were delivered before it asked how many there are."""
    for _ in range(10):
        try:
            return await kv.keys()
        except NoKeysError:
            pass
    raise AssertionError("no keys")


async def buckets(js):
    kv = await js.create_key_value(bucket="settings", history=5)
    assert await kv.put("color", b"red") == 1
    assert await kv.create("size", b"large") == 2
    try:
        await kv.create("size", b"small")
        raise AssertionError("made a key twice")
    except KeyWrongLastSequenceError:
        pass
    entry = await kv.get("color")
    assert (entry.value, entry.revision) == (b"red", 1)
    assert await kv.update("color", b"green", last=1) == 3
    try:
        await kv.update("color", b"blue", last=1)
        raise AssertionError("changed what had changed")
    except KeyWrongLastSequenceError:
        pass
    assert [one.value for one in await kv.history("color")] == [b"red", b"green"]
    assert sorted(await keys(kv)) == ["color", "size"]
    watcher = await kv.watchall()
    seen = {}
    while (update := await watcher.updates(timeout=5)) is not None:
        seen[update.key] = update.value
    assert seen == {"color": b"green", "size": b"large"}
    await kv.put("shape", b"round")
    assert (await watcher.updates(timeout=5)).value == b"round"
    await watcher.stop()
    await kv.delete("color")
    for missing, error in (("color", KeyNotFoundError), ("nothing", KeyNotFoundError)):
        try:
            await kv.get(missing)
            raise AssertionError(f"{missing} is there")
        except error:
            pass
    await kv.purge("shape")
    assert await keys(kv) == ["size"]
    status = await kv.status()
    assert status.bucket == "settings" and status.history == 5
    await js.delete_key_value("settings")
    try:
        await js.key_value("settings")
        raise AssertionError("the bucket is still there")
    except BucketNotFoundError:
        pass


async def objects(js):
    store = await js.create_object_store("files")
    large = bytes(range(256)) * 4096
    info = await store.put("large", large)
    assert info.size == len(large) and info.chunks == 8
    assert (await store.get("large")).data == large
    await store.put("small", b"tiny")
    assert {one.name for one in await store.list()} == {"large", "small"}
    await store.put("small", b"another")
    assert (await store.get("small")).data == b"another"
    await store.delete("small")
    try:
        await store.get("small")
        raise AssertionError("the object is still there")
    except ObjectNotFoundError:
        pass
    assert await js.delete_object_store("files")


async def refusals(js):
    for config, code in (
        ({"name": "BAD.NAME", "subjects": ["x"]}, None),
        ({"name": "R", "subjects": ["r"], "num_replicas": 3}, 10074),
        ({"name": "O", "subjects": ["enterprise.1"]}, 10065),
    ):
        try:
            await js.add_stream(**config)
            raise AssertionError(f"{config} was taken")
        except (APIError, ValueError) as error:
            assert code is None or error.err_code == code, error
    await js.add_stream(name="FULL", subjects=["full"], max_msgs=1, discard=DiscardPolicy.NEW)
    await js.publish("full", b"")
    try:
        await js.publish("full", b"")
        raise AssertionError("a full stream took more")
    except APIError as error:
        assert error.err_code == 10077, error


async def main():
    nc = await nats.connect(sys.argv[1], allow_reconnect=False)
    js = nc.jetstream(timeout=10)
    assert (await js.account_info()).streams == 0
    await streams(js)
    await consumers(nc, js)
    await buckets(js)
    await objects(js)
    await refusals(js)
    await nc.close()
    print("ok")


asyncio.run(main())
