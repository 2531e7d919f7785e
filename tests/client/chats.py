"""Chats at a server that follows a script: opened, let in, and waited for."""

import asyncio
from typing import TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.client import Backoff, Chat, connect

from .servers import Peer, Script

AT_ONCE = Backoff(0)
Kind = TypeVar("Kind")


def open_chat(script: Script, *, after: int | None = None) -> Chat:
    return connect(script.address, name="ann", after=after, reconnect=AT_ONCE)


async def next_of(chat: Chat, kind: type[Kind]) -> Kind:
    async for event in chat:
        if isinstance(event, kind):
            return event
    raise AssertionError("the chat has ended")


async def let_in(script: Script, *, last: int = 0) -> Peer:
    peer = await script.peer()
    await peer.let_in(last=last)
    return peer


async def say_and_ack(chat: Chat, peer: Peer) -> None:
    saying = asyncio.create_task(chat.say("hi"))
    say = await peer.hear(c.Say)
    assert say.ref != say.nonce
    peer.tell(e.Ok(ref=say.ref or "", seq=1))
    assert await saying == 1
