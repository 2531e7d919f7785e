"""The answer to one command of somebody who has no session: an outlet for one event."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hubbub.chat.errors import HubbubError, LogError, unreadable
from hubbub.chat.events import Error, Ok
from hubbub.wire.codec import decode_event

if TYPE_CHECKING:
    from hubbub.chat import queries
    from hubbub.chat.commands import AnyCommand
    from hubbub.chat.events import AnyEvent
    from hubbub.hub import Session
    from hubbub.hub.asking import Reading
    from hubbub.server.fairness.reading import Asker
    from hubbub.server.sessions.chatroom import Chatroom


class Answer:
    """An outlet that takes one event."""

    def __init__(self) -> None:
        self._told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.written = 0.0
        """The units for the facts that the command had written down."""

    def write(self, payload: bytes) -> None:
        """Take the event."""
        if not self._told.done():  # at the server's end nobody waits for it any more
            self._told.set_result(payload)

    def end(self) -> None:
        """Do nothing: the connection is for other requests as well."""

    async def event(self) -> AnyEvent:
        """Return the event; raise HubbubError if it is a refusal."""
        event = decode_event((await self._told).decode())
        assert event is not None, "the hub's own events can be read"
        if isinstance(event, Error):
            raise HubbubError(event.message, code=event.code)
        return event

    async def seq(self) -> int:
        """Return the seq of what was posted, once it is committed; raise HubbubError if not."""
        match await self.event():
            case Ok(seq=int(seq)):
                return seq
            case other:
                raise TypeError(other)


async def carry_out(
    chatroom: Chatroom, session: Session, answer: Answer, command: AnyCommand, asker: Asker
) -> AnyEvent:
    """Have a command decided on, and return its answer; raise HubbubError if it is refused.

    `answer` is the outlet of the `session`. The command has a ref: without one, some get no answer.
    """
    written = chatroom.hub.written
    decision = chatroom.hub.command(session, command, chatroom.clock.milliseconds())
    answer.written += chatroom.hub.written - written
    if decision is not None:
        try:
            await _decide(chatroom, decision, answer, asker)
        except LogError as error:
            raise unreadable(error) from error
        finally:
            decision.close()
    chatroom.commits.wake()
    return await answer.event()


async def _decide(chatroom: Chatroom, decision: Reading, answer: Answer, asker: Asker) -> None:
    """Answer what a decision asks, up to its end."""
    told: queries.Answer = None
    while True:
        written = chatroom.hub.written
        try:
            question = decision.send(told)
        except StopIteration:
            return
        finally:
            answer.written += chatroom.hub.written - written
        chatroom.commits.wake()  # what the decision waits for may be its own
        told = await chatroom.answer(question, asker)
