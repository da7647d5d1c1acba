"""Waiting for a NATS server to have handled what nats-py was told to send."""


async def settle(client):
    """Returns when the server has handled everything that `client` sent before.

    nats-py writes the PING of a flush ahead of commands that still wait in its own queue. By the time that PING is
    answered they are written, so a second one comes behind them.
    """
    await client.flush()
    await client.flush()
