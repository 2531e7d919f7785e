"""What a server's goodbye tells, and how a chat that waits for the server comes back at once."""

import asyncio

from hubbub.chat import events as e
from hubbub.client import Backoff, Offline, connect

from .chats import let_in, next_of, say_and_ack
from .servers import play, scripted


def test_a_goodbye_has_its_code_and_whoever_waits_may_connect_at_once() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            waits = Backoff(first_seconds=1000, longest_seconds=1000)
            async with connect(script.address, name="ann", reconnect=waits) as chat:
                (await letting_in).tell(e.Bye(reason="The host has quit.", code="host_left"))
                offline = await next_of(chat, Offline)
                assert (offline.reason, offline.code) == ("The host has quit", "host_left")
                chat.retry_now()
                peer = await script.peer()
                await peer.let_in(resumed="secret")
                chat.retry_now()  # means nothing while there is a connection
                await say_and_ack(chat, peer)

    play(scene)
