"""Becoming a member: REGISTER, as the draft of account-registration has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.commands.entering import introduce
from hubbub.wire.irc.commands.login import logged_in, try_
from hubbub.wire.irc.line import Line

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.voice import Voice

_CODES: Final = {
    "name_taken": "USERNAME_EXISTS",
    "password_not_allowed": "WEAK_PASSWORD",
}
"""What the specification calls a refusal of the chatroom's."""


def register(voice: Voice, line: Line) -> Iterator[Heard]:
    """Make the client a member under its nick; an address for mail is not asked for, nor kept."""
    *named, _mail, password = line.params[:3]
    nick = voice.nick if voice.coming is None else voice.coming.nick
    account = named[0] if named and named[0] != "*" else nick
    if (no := _why_not(voice, account, nick)) is not None:
        code, sentence = no
    elif (yield from _has_name(voice)):
        if (yield from try_(voice, line, registration(voice, password), _told)):
            return
        refusal = voice.refusal
        assert refusal is not None
        code, sentence = _CODES.get(refusal.code, "TEMPORARILY_UNAVAILABLE"), refusal.message
    else:
        code, sentence = "USERNAME_EXISTS", "You cannot have that name. Choose another nick."
    yield voice.at_once(line, _fail(voice, code, account or "*", sentence))


def verify(client: Client, line: Line) -> Iterator[Heard]:
    """Say that nothing has to be verified."""
    sentence = "There is nothing to verify: REGISTER is enough."
    fail = Line("FAIL", ("VERIFY", "INVALID_CODE", line.params[0], sentence), client.host)
    yield client.at_once(line, fail)


def registration(client: Client, password: str) -> c.Register:
    """Return what makes the client a member."""
    return c.Register(password=password, ref=client.becoming())


def _why_not(voice: Voice, account: str, nick: str) -> tuple[str, str] | None:
    when = voice.figures.registers
    if when == "never":
        return "TEMPORARILY_UNAVAILABLE", "Members are not made over IRC here."
    if voice.coming is not None and when == "after":
        return "COMPLETE_CONNECTION_REQUIRED", "Wait until you are welcomed."
    if voice.account != "*":
        return "ALREADY_AUTHENTICATED", "You are a member already."
    if not nick:
        return "NEED_NICK", "Choose a nick first."
    if account.lower() != nick.lower():
        return "ACCOUNT_NAME_MUST_BE_NICK", f"You can register '{nick}' only: it is your nick."
    return None


def _has_name(voice: Voice) -> Generator[Heard, None, bool]:
    """Return whether the client has its name, by now, which nobody else has."""
    coming = voice.coming
    if coming is None:
        return True
    if not coming.is_introduced:
        yield from introduce(voice, coming)
    return coming.is_introduced and not voice.is_held


def _told(client: Client) -> list[Line]:
    done = ("SUCCESS", client.account, "The name is yours for good. Log in with its password.")
    return [Line("REGISTER", done, client.host), logged_in(client)]


def _fail(client: Client, code: str, account: str, sentence: str) -> Line:
    return Line("FAIL", ("REGISTER", code, account, sentence), client.host)
