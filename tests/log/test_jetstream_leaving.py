"""A node whose server has lost touch with the others goes on at another one."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from bench.promises.nodes.keepers import STREAM, Keepers

from hubbub.chat.errors import LogError
from hubbub.log.jetstream import JetStreamLog
from tests.log.drafts import WAIT_SECONDS, said, until

ASK_SECONDS = 0.1


async def append_in_the_end(log: JetStreamLog) -> None:
    """Append something, as soon as that can be done."""

    async def is_done() -> bool:
        try:
            await log.append([said()])
        except LogError:
            return False
        return True

    await until(is_done)


def server_of(log: JetStreamLog) -> str:
    """Return the address of the server to which a node is connected."""
    url = log.link.client.connected_url
    assert url is not None
    return f"nats://{url.netloc}"


async def read_from(log: JetStreamLog, several: Keepers) -> str:
    """Return the address of the server that sends a node the stream."""
    told = await several.asked(f"CONSUMER.LIST.{STREAM}", {})
    newest = max(told["consumers"], key=lambda one: str(one["created"]))
    names = {keeper.name: keeper.address for keeper in several.keepers}
    return names[newest["cluster"]["leader"]]


async def ask_until_another_tells(log: JetStreamLog, former: str) -> None:
    """Ask whether the node is still registered, as nodes do, until another server tells that.

    The former one may tell it for some ten seconds, if it led the stream.
    """
    assert log.tenure is not None
    async with asyncio.timeout(2 * WAIT_SECONDS):
        while server_of(log) == former:
            with suppress(LogError):
                await log.tenure.look()
            await asyncio.sleep(ASK_SECONDS)


@pytest.mark.parametrize(("still_heard", "is_idle"), [(False, False), (True, False), (True, True)])
def test_a_node_leaves_a_server_that_does_not_reach_those_that_keep_the_stream(
    tmp_path: Path, *, still_heard: bool, is_idle: bool
) -> None:
    async def scene() -> None:
        async with Keepers(tmp_path) as several:
            addresses = [keeper.address for keeper in several.keepers]
            log = await JetStreamLog.join(tmp_path / "node", addresses, STREAM, replicas=3)
            try:
                await append_in_the_end(log)
                await log.register("run")
                while (await read_from(log, several) == server_of(log)) != still_heard:
                    before = log._stream.beginnings
                    log._stream.doubt()

                    async def is_read_anew(before: int = before) -> bool:
                        return log._stream.beginnings > before and log._stream.is_live

                    await until(is_read_anew)
                former = server_of(log)
                for route in several.routes_of(addresses.index(former)):
                    route.shut()
                if is_idle:
                    await ask_until_another_tells(log, former)
                else:
                    await append_in_the_end(log)
                assert server_of(log) != former
            finally:
                await log.close()

    asyncio.run(scene())
