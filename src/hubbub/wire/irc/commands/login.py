"""Logging in: SASL, and what follows from becoming a member."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.entering import introduce
from hubbub.wire.irc.commands.rooms import last_said
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import channel_of, name_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.sasl import (
    CHARS_MAX,
    CHUNK,
    EXTERNAL,
    PLAIN,
    SCRAM,
    Exchange,
    Opening,
    decoded,
    named,
    parts,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.chat.commands import AnyCommand, InnerCommand
    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.voice import Voice

Told = Callable[["Client"], list[Line]]
"""What a client is told that has become somebody."""

WRONG: Final = "The name or the password is wrong."


def authenticate(voice: Voice, line: Line) -> Iterator[Heard]:
    """Take the next part of a login."""
    word, exchange = line.params[0], voice.sasl
    if word == "*":
        voice.sasl = None
        yield voice.at_once(line, voice.numeric(N.SASLABORTED, "The login was broken off."))
    elif exchange is None:
        yield from _begin(voice, line)
    elif len(word) > CHUNK or len(exchange.text) > CHARS_MAX:
        voice.sasl = None
        yield voice.at_once(line, voice.numeric(N.SASLTOOLONG, "That is too long."))
    else:
        exchange.text += "" if word == "+" else word
        if len(word) < CHUNK:
            raw, exchange.text = decoded(exchange.text), ""
            yield from _WAYS[exchange.mechanism](voice, line, exchange, raw or b"")


def _begin(voice: Voice, line: Line) -> Iterator[Heard]:
    mechanism = line.params[0].upper()
    if mechanism in voice.mechanisms:
        voice.sasl = Exchange(mechanism)
        yield voice.at_once(line, Line("AUTHENTICATE", ("+",)))
    else:
        known = voice.numeric(N.SASLMECHS, ",".join(voice.mechanisms), "is what can be used here.")
        refused = voice.numeric(N.SASLFAIL, "Choose another way to log in.")
        yield voice.at_once(line, known, refused)


def _plain(voice: Voice, line: Line, _exchange: Exchange, raw: bytes) -> Iterator[Heard]:
    name, password = named(raw)
    voice.refusal = None
    if name and (yield from _has_come(voice, name)):
        login = c.Login(name=name_of(name), password=password, ref=voice.becoming())
        if (yield from try_(voice, line, login, _done)):
            voice.sasl = None
            return
    yield _failed(voice, line)


def _certify(voice: Voice, line: Line, _exchange: Exchange, raw: bytes) -> Iterator[Heard]:
    """Be the member who has linked the certificate that the client showed."""
    as_whom = raw.decode(errors="replace")
    voice.refusal = None
    # Until a nick is said, a client has one that nobody else takes.
    if (yield from _has_come(voice, as_whom or f"certificate-{voice.certificate[:16]}")):
        name = name_of(as_whom)
        certify = c.Certify(fingerprint=voice.certificate, name=name, ref=voice.becoming())
        if (yield from try_(voice, line, certify, _done)):
            voice.sasl = None
            return
    yield _failed(voice, line)


def _prove(voice: Voice, line: Line, exchange: Exchange, raw: bytes) -> Iterator[Heard]:
    """Go on with SCRAM, step by step."""
    voice.refusal = None
    if exchange.opening is None:
        exchange.opening = opening = Opening.read(raw)
        if opening is not None and (yield from _has_come(voice, opening.name)):
            yield c.Challenge(name=name_of(opening.name), ref=voice.becoming())
        if exchange.challenge is not None:
            yield voice.at_once(line, *_said(exchange.challenged()))
            return
    elif exchange.proven is None:
        if (given := exchange.proof(raw)) is not None:
            name = name_of(exchange.opening.name)
            proof = c.Prove(name=name, said=given.said, proof=given.proof, ref=voice.becoming())
            if (yield from try_(voice, line, proof, _signed)):
                return
    else:
        voice.sasl = None
        yield voice.at_once(line, *_done(voice))
        return
    yield _failed(voice, line)


def _said(text: str) -> list[Line]:
    return [Line("AUTHENTICATE", (part,)) for part in parts(text)]


def _signed(client: Client) -> list[Line]:
    assert client.sasl is not None
    assert client.sasl.proven is not None
    return _said(f"v={b64encode(client.sasl.proven.signature).decode()}")


def _done(client: Client) -> list[Line]:
    return [logged_in(client), client.numeric(N.SASLSUCCESS, "You are logged in.")]


def _failed(voice: Voice, line: Line) -> Heard:
    sentence = WRONG if voice.refusal is None else voice.refusal.message
    voice.sasl = None
    return voice.at_once(line, voice.numeric(N.SASLFAIL, sentence))


_WAYS: Final[dict[str, Callable[[Voice, Line, Exchange, bytes], Iterator[Heard]]]] = {
    EXTERNAL: _certify,
    PLAIN: _plain,
    SCRAM: _prove,
}


def _has_come(voice: Voice, name: str) -> Generator[Heard, None, bool]:
    """Return whether the chatroom knows the client under some name, by now."""
    coming = voice.coming
    if coming is not None and not coming.is_introduced:
        coming.nick = coming.nick or name
        yield from introduce(voice, coming)
    return coming is None or coming.is_introduced


def try_(
    voice: Voice, line: Line, command: AnyCommand | InnerCommand, told: Told
) -> Generator[Heard, None, bool]:
    """Become somebody by a command, welcomed or not yet; return whether that was done.

    Then the client is `told` so, before anything else.
    """
    voice.refusal = None
    if (coming := voice.coming) is None:
        yield from become(voice, line, command, told)
    else:
        yield command
        if voice.refusal is None:
            coming.nick = voice.nick
            yield voice.at_once(line, *told(voice))
    return voice.refusal is None


def logged_in(client: Client) -> Line:
    """Return what says as whom the client is logged in."""
    sentence = f"You are {client.account}."
    return client.numeric(N.LOGGEDIN, source_of(client.name), client.account, sentence)


def log_in(client: Client, name: str, password: str) -> Iterator[Heard]:
    """Log in before being welcomed."""
    client.refusal = None
    yield c.Login(name=name, password=password, ref=client.becoming())


def become(
    client: Client, line: Line, command: AnyCommand | InnerCommand, told: Told
) -> Iterator[Heard]:
    """Become somebody else, in the same rooms; then enter those in which something waits.

    The client hears of its nick after what it is `told`. Where it is in no room, nobody speaks of
    it, and that waits until it says something else: it may log in anew.
    """
    before, rooms = client.person, client.rooms
    client.awaits_unread = client.is_becoming = True
    yield command
    client.is_becoming = False
    if client.refusal is None:
        yield client.at_once(line, *told(client))
        if rooms or client.unread:
            yield from tell_late(client)
    if client.person != before:  # whoever it was before has left
        yield from come_anew(client, rooms)
    yield from return_to_unread(client)


def tell_late(client: Client) -> Iterator[Heard]:
    """Tell a client what it is called now."""
    if client.late:
        late, client.late = client.late, ()
        yield reply(*late)


def come_anew(client: Client, rooms: frozenset[str]) -> Iterator[Heard]:
    """Enter rooms as somebody else; private ones stay with whoever the client was before."""
    unread = {room for room, _ in client.unread}
    client.conversations = {
        room: other for room, other in client.conversations.items() if room in unread
    }
    for room in sorted(rooms - unread):
        asked = Asked("REJOIN", channel_of(room), None, room)
        yield c.Join(room=room, ref=client.asking.ref(asked))


def return_to_unread(client: Client) -> Iterator[Heard]:
    """Enter the rooms anew in which something waits; talks of two from where they were read."""
    unread, client.unread, client.awaits_unread = client.unread, (), False
    for room, seen in unread:
        before = client.rooms
        yield c.Join(room=room, after=seen, ref=client.asking.ref(Asked("UNREAD")))
        yield from last_said(client, client.rooms - before)
