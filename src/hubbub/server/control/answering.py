"""What a chatroom answers on its control socket. Nothing of it is charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.server.control.verbs import verb_of
from hubbub.server.sessions.answer import Answer, carry_out
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from hubbub.chat.events import AnyEvent
    from hubbub.server.sessions.chatroom import Chatroom


async def answered(chatroom: Chatroom, text: str, account: str) -> AnyEvent:
    """Return the answer to a command of whoever has this account; raises HubbubError."""
    command, answer = verb_of(text), Answer()
    session = chatroom.hub.outside.host(account, JSON, answer)
    asker = chatroom.reading.asker("", lambda: False)
    return await carry_out(chatroom, session, answer, command, asker)
