"""Until it is welcomed: what a client says of itself, and when that is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.capabilities import negotiate
from hubbub.wire.irc.commands.entering import introduce, refuse_nick, turn_away
from hubbub.wire.irc.commands.login import log_in, return_to_unread
from hubbub.wire.irc.line import reply
from hubbub.wire.irc.names import name_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.welcoming import burst

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client, Coming
    from hubbub.wire.irc.line import Line
    from hubbub.wire.irc.voice import Voice

USER_PARAMS: Final = 4
"""A user name, two that nobody needs, and a real name."""


def cap(voice: Voice, line: Line) -> Iterator[Heard]:
    """Negotiate capabilities."""
    yield reply(*negotiate(voice, line.params))
    yield from _go_on(voice)


def password(voice: Voice, line: Line) -> Iterator[Heard]:
    """Keep a password, until it is known what for."""
    if voice.coming is not None:
        voice.coming.password = line.params[0]
    yield from ()


def nick(voice: Voice, line: Line) -> Iterator[Heard]:
    """Take a nick."""
    coming = voice.coming
    assert coming is not None
    if line.params[0] != coming.nick and voice.account == "*":
        coming.is_introduced = False  # it may be under the name of a login that failed
    coming.nick = line.params[0]
    yield from _go_on(voice)


def user(voice: Voice, _line: Line) -> Iterator[Heard]:
    """Take what else IRC wants to know."""
    if voice.coming is not None:
        voice.coming.has_user = True
    yield from _go_on(voice)


def leave(_voice: Voice, _line: Line) -> Iterator[Heard]:
    """Go before being welcomed."""
    yield from turn_away("You left.")


def already(client: Client, _line: Line) -> Iterator[Heard]:
    """Refuse what is said when one comes."""
    yield reply(client.numeric(N.ALREADYREGISTERED, "You are registered already."))


def _go_on(voice: Voice) -> Iterator[Heard]:
    """Welcome the client if all that is needed has been said."""
    coming = voice.coming
    if coming is None or coming.is_negotiating or not (coming.nick and coming.has_user):
        return
    if not coming.is_introduced:
        yield from introduce(voice, coming)
    if coming.is_introduced and not (yield from _is_kept_out(voice, coming)):
        voice.refusal = voice.coming = None
        yield reply(*burst(voice))
        yield from return_to_unread(voice)


def _is_kept_out(voice: Voice, coming: Coming) -> Generator[Heard, None, bool]:
    """Return whether the client has no name yet, because it is another's, or it may not enter.

    Whoever has the password of a name may have it: `PASS` is what older clients know for that.
    """
    if voice.is_held and coming.password:
        yield from log_in(voice, name_of(coming.nick), coming.password)
    if not voice.is_held:
        return False
    voice.refusal = None
    yield c.Ping(ref=voice.asking.ref(Asked("NICK", coming.nick)))
    if voice.refusal is None:
        return False
    yield from refuse_nick(voice, coming)
    return True
