"""What a server says for people reaches them without control characters."""

import asyncio

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Backoff, Offline, connect

from .servers import Peer, scripted

RED = "\x1b[31mred\x07\n"


def test_goodbyes_and_refusals_are_inert() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def let_in() -> Peer:
                peer = await script.peer()
                await peer.let_in()
                return peer

            letting_in = asyncio.create_task(let_in())
            async with connect(script.address, name="ann", reconnect=Backoff(0)) as chat:
                peer = await letting_in
                asking = asyncio.create_task(chat.delete("lobby", 1))
                await peer.frame()
                peer.tell(e.Error(code="forbidden", message=RED, ref="2"))
                with pytest.raises(Refused) as refused:
                    await asking
                assert str(refused.value) == "[31mred "
                peer.tell(e.Bye(reason=RED))
                async for event in chat:
                    if isinstance(event, Offline):
                        assert event.reason == "[31mred "
                        break

    asyncio.run(scene())
