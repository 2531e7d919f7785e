"""Until it is welcomed: what a client says of itself, and when that is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.events import Ok
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.capabilities import negotiate
from hubbub.wire.irc.commands.entering import introduce, no_nick, refuse_nick, turn_away
from hubbub.wire.irc.commands.login import log_in, return_to_unread
from hubbub.wire.irc.commands.metadata import carried_over
from hubbub.wire.irc.line import reply
from hubbub.wire.irc.names import is_nick, name_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling import people
from hubbub.wire.irc.welcoming import burst

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.chat.heard import Filler, Heard, Reply
    from hubbub.wire.irc.client import Client, Coming
    from hubbub.wire.irc.line import Line
    from hubbub.wire.irc.voice import Voice

USER_PARAMS: Final = 4
"""A user name, two that nobody needs, and a real name."""

NOBODY: Final = "*"
"""As a reason for being away: this connection is nobody's. A member may sit at another one."""


def cap(voice: Voice, line: Line) -> Iterator[Heard]:
    """Negotiate capabilities."""
    yield from negotiate(voice, line)
    yield from _go_on(voice)


def password(voice: Voice, line: Line) -> Iterator[Heard]:
    """Keep a password, until it is known what for."""
    if voice.coming is not None:
        voice.coming.password = line.params[0]
    yield from ()


def nick(voice: Voice, line: Line) -> Iterator[Heard]:
    """Take a nick."""
    coming, wanted = voice.coming, line.params[0]
    assert coming is not None
    if not is_nick(wanted):
        yield voice.at_once(line, no_nick(voice, wanted))
        return
    if wanted != coming.nick and voice.account == "*":
        coming.is_introduced = False  # it may be under the name of a login that failed
    coming.nick = wanted
    yield from _go_on(voice)


def user(voice: Voice, line: Line) -> Iterator[Heard]:
    """Take what else IRC wants to know."""
    if voice.coming is not None:
        voice.coming.user, _, _, voice.coming.real = line.params[:USER_PARAMS]
    yield from _go_on(voice)


def away(voice: Voice, line: Line) -> Iterator[Heard]:
    """Note that nobody will sit there; it is told once the client is welcomed."""
    if "draft/pre-away" not in voice.caps or voice.coming is None:
        yield not_yet(voice, line)
        return
    voice.coming.away = line.params[0] if line.params else ""
    asked = Asked("AWAY", detail=voice.coming.away)
    yield voice.at_once(line, *people.away(voice, asked, Ok(ref="")))


def leave(_voice: Voice, _line: Line) -> Iterator[Heard]:
    """Go before being welcomed."""
    yield from turn_away("You left.")


def not_yet(client: Client, line: Line) -> Reply | Filler:
    """Return what refuses something before the client was welcomed."""
    sentence = "Say who you are first: NICK and USER."
    return client.at_once(line, client.numeric(N.NOTREGISTERED, sentence))


def already(client: Client, _line: Line) -> Iterator[Heard]:
    """Refuse what is said when one comes."""
    yield reply(client.numeric(N.ALREADYREGISTERED, "You are registered already."))


def _go_on(voice: Voice) -> Iterator[Heard]:
    """Welcome the client if all that is needed has been said."""
    coming = voice.coming
    if coming is None or coming.is_negotiating or not (coming.nick and coming.user):
        return
    if not coming.is_introduced:
        yield from introduce(voice, coming)
    if coming.is_introduced and not (yield from _is_kept_out(voice, coming)):
        yield from _be_called(voice, coming)
        voice.refusal = voice.coming = None
        yield from _present(voice, coming)
        yield reply(*burst(voice))
        yield from carried_over(voice, coming.about)
        yield from return_to_unread(voice)


def _be_called(voice: Voice, coming: Coming) -> Iterator[Heard]:
    """Have a member called as the client wants; if that cannot be, they have their own name."""
    if voice.account != "*" and coming.nick != voice.nick:
        asked = Asked("NICK", coming.nick)
        yield c.BeCalled(name=name_of(coming.nick), alone=True, ref=voice.asking.ref(asked))


def _present(voice: Voice, coming: Coming) -> Iterator[Heard]:
    """Say how somebody is shown to those who speak IRC, and whether they are there."""
    yield c.Show(user=coming.user, real=coming.real)
    if coming.away and not (coming.away == NOBODY and voice.person is not None):
        yield c.Away(text="" if coming.away == NOBODY else coming.away)


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
