"""How a client takes its name in the chatroom, and is kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.chat.heard import Goodbye, Introduction
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import name_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client, Coming
    from hubbub.wire.irc.voice import Voice


def introduce(voice: Voice, coming: Coming) -> Iterator[Heard]:
    """Take the name, and give the chatroom's password if there is one."""
    voice.refusal, voice.is_held, voice.is_locked = None, False, False
    ref = voice.asking.ref(Asked("NICK", coming.nick))
    yield Introduction(name_of(coming.nick), voice, ref, again=True)
    if voice.is_locked:
        if coming.password:
            yield c.Unlock(password=coming.password, ref=voice.asking.ref(Asked("PASS")))
        if not coming.password or voice.refusal is not None:
            sentence = "This chatroom has a password: give it with PASS, before all else."
            if voice.refusal is not None:
                sentence = voice.refusal.message
            yield reply(voice.numeric(N.PASSWDMISMATCH, sentence))
            yield from turn_away(sentence)
            return
    if voice.refusal is not None:
        yield from refuse_nick(voice, coming)
    else:
        coming.is_introduced = True


def refuse_nick(voice: Voice, coming: Coming) -> Iterator[Heard]:
    """Say why the name cannot be had; another one can be given, if that helps."""
    refusal = voice.refusal
    assert refusal is not None
    nick, coming.nick, coming.is_introduced = coming.nick, "", False
    voice.nick = "*"
    if refusal.code == "name_taken":
        yield reply(voice.numeric(N.NICKNAMEINUSE, nick, refusal.message))
    elif refusal.code == "name_not_allowed":
        yield reply(voice.numeric(N.ERRONEUSNICKNAME, nick, refusal.message))
    else:
        yield reply(voice.numeric(N.YOUREBANNEDCREEP, refusal.message))
        yield from turn_away(refusal.message)


def no_nick(client: Client, nick: str) -> Line:
    """Return what refuses a nick that IRC cannot say."""
    return client.numeric(
        N.ERRONEUSNICKNAME, nick, "A nick has letters, digits and - _ ^ [ ] { } |."
    )


def turn_away(sentence: str) -> Iterator[Heard]:
    """End the connection, and say why."""
    yield reply(Line("ERROR", (sentence,)))
    yield Goodbye()
