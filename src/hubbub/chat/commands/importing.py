"""The command by which an import brings what was said elsewhere; its limits are in its fields."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from hubbub.chat.commands.base import Command
from hubbub.chat.commands.talk import Nonce
from hubbub.chat.events import Seq
from hubbub.chat.times import Milliseconds

BROUGHT_MAX: Final = 200
"""Messages that one command brings."""

BROUGHT_BYTES_MAX: Final = 65_536
"""Bytes of the text of one."""

EMOJI_MAX: Final = 20
"""Different ones on one message, as for those who react here."""

EMOJI_CHARS_MAX: Final = 32
REACTIONS_MAX: Final = 1000
"""All reactions to one message, as for those who react here."""


class Given(msgspec.Struct, frozen=True):
    """An emoji, and the names of those who gave it."""

    emoji: Annotated[str, Meta(min_length=1, max_length=EMOJI_CHARS_MAX)]
    names: Annotated[tuple[str, ...], Meta(max_length=REACTIONS_MAX)]


class Brought(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that was said elsewhere, by somebody who is nobody here, and what became of it.

    `key` names it for good, whatever its sender is called: what is here already is not brought
    again. `answers` is the seq that the message has here to which it is an answer.
    """

    room: str
    sender: str = msgspec.field(name="from")
    at: Milliseconds
    key: Nonce
    text: str = ""
    me: bool = False
    answers: Seq | None = None
    edited: Milliseconds | None = None
    deleted: bool = False
    pinned: bool = False
    reactions: Annotated[tuple[Given, ...], Meta(max_length=EMOJI_MAX)] = ()


class Import(Command, tag="import"):
    """Write what was said in `source`; answered by `imported`. For the server's own machine.

    The first command of an import brings no messages: it is what stands in the audit record.
    """

    source: Annotated[str, Meta(pattern="^[a-z]{1,16}$")]
    messages: Annotated[tuple[Brought, ...], Meta(max_length=BROUGHT_MAX)] = ()
