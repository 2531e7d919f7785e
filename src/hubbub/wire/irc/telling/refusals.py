"""What IRC calls a refusal: the number by what was asked, and the chatroom's own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.lists import nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.events import Error
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

_OF_CHANNELS: Final = {
    "no_such_room": N.NOSUCHCHANNEL,
    "room_not_allowed": N.NOSUCHCHANNEL,
    "not_a_member": N.NOTONCHANNEL,
    "too_many_rooms": N.TOOMANYCHANNELS,
    "banned": N.BANNEDFROMCHAN,
    "forbidden": N.CHANOPRIVSNEEDED,
    "not_here": N.NOSUCHNICK,
}
_OF_TEXTS: Final = {
    "forbidden": N.CANNOTSENDTOCHAN,
    "muted": N.CANNOTSENDTOCHAN,
    "slow_mode": N.CANNOTSENDTOCHAN,
    "not_a_member": N.CANNOTSENDTOCHAN,
    "no_such_room": N.NOSUCHCHANNEL,
    "not_here": N.NOSUCHNICK,
    "empty": N.NOTEXTTOSEND,
    "too_long": N.INPUTTOOLONG,
}
_OF_NAMES: Final = {
    "name_taken": N.NICKNAMEINUSE,
    "name_not_allowed": N.ERRONEUSNICKNAME,
}
_NUMBERS: Final = {
    **dict.fromkeys(("JOIN", "PART", "TOPIC", "KICK", "INVITE", "MODE"), _OF_CHANNELS),
    **dict.fromkeys(("PRIVMSG", "NOTICE", "TAGMSG"), _OF_TEXTS),
    "NICK": _OF_NAMES,
    "REHASH": {"forbidden": N.NOPRIVILEGES},
    "OPER": {"wrong_code": N.PASSWDMISMATCH},
}
_OF_REDACTIONS: Final = {
    "forbidden": "REDACT_FORBIDDEN",
    "no_such_message": "UNKNOWN_MSGID",
    "no_such_room": "INVALID_TARGET",
    "not_a_member": "INVALID_TARGET",
}
"""The codes of the specification of message redaction."""

_OF_HISTORY: Final = dict.fromkeys(_OF_REDACTIONS, "INVALID_TARGET")
_FAILING: Final = {
    "CHATHISTORY": _OF_HISTORY,
    "MARKREAD": {},
    "REDACT": _OF_REDACTIONS,
    "SEARCH": {"bad_command": "INVALID_PARAMS", "too_long": "INVALID_PARAMS"},
    "SETNAME": {"too_long": "INVALID_REALNAME"},
}
"""Commands of which the specifications say that they are refused by FAIL, and its codes."""

_WITHOUT_TARGET: Final = frozenset(
    (N.NOTEXTTOSEND, N.INPUTTOOLONG, N.PASSWDMISMATCH, N.NOPRIVILEGES)
)


def refusal_of(client: Client, asked: Asked, error: Error) -> Iterator[Line]:
    """Yield the lines that refuse what was asked."""
    if asked.command in ("WHOIS", "WHO"):
        yield from nobody(client, asked.command, asked.target)
        return
    if asked.command == "NAMES":
        yield client.numeric(N.ENDOFNAMES, asked.target, "End of /NAMES list")
        return
    if asked.command in _FAILING:
        code = _FAILING[asked.command].get(error.code, error.code.upper())
        about = (asked.target, asked.detail)
        if asked.command == "CHATHISTORY":
            about = (asked.detail, asked.target)
        if asked.command == "SETNAME":
            about = ("", "")
        yield Line("FAIL", (asked.command, code, *filter(None, about), error.message), client.host)
        return
    if asked.command == "NOTICE":  # no program may answer one, nor does a server
        return
    number = _NUMBERS.get(asked.command, {}).get(error.code)
    if number is None:
        code = error.code.upper()
        context = (asked.target,) if asked.target and " " not in asked.target else ()
        if "standard-replies" in client.caps:
            yield Line("FAIL", (asked.command, code, *context, error.message), client.host)
        else:
            yield client.notice(error.message)
    elif number in _WITHOUT_TARGET:
        yield client.numeric(number, error.message)
    elif number is N.NOSUCHNICK and asked.command in ("KICK", "INVITE", "MODE"):
        yield client.numeric(number, asked.detail, error.message)
    else:
        yield client.numeric(number, asked.target, error.message)
