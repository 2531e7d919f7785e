"""What IRC calls a refusal: the number by what was asked, and the chatroom's own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.lists import END_OF_NAMES, nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    "not_in_room": N.USERNOTINCHANNEL,
    "in_room_already": N.USERONCHANNEL,
}
_OF_ENTRANCE: Final = {
    **_OF_CHANNELS,
    "forbidden": N.INVITEONLYCHAN,
    "invite_only": N.INVITEONLYCHAN,
    "wrong_key": N.BADCHANNELKEY,
    "room_full": N.CHANNELISFULL,
}
_OF_TEXTS: Final = {
    "banned": N.CANNOTSENDTOCHAN,
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
    "JOIN": _OF_ENTRANCE,
    **dict.fromkeys(("PART", "TOPIC", "KICK", "INVITE", "MODE", "RENAME"), _OF_CHANNELS),
    **dict.fromkeys(("PRIVMSG", "NOTICE", "TAGMSG"), _OF_TEXTS),
    "NICK": _OF_NAMES,
    "REHASH": {"forbidden": N.NOPRIVILEGES},
    "WALLOPS": {"forbidden": N.NOPRIVILEGES},
    "KILL": {"forbidden": N.NOPRIVILEGES, "not_here": N.NOSUCHNICK},
    "OPER": {"wrong_code": N.PASSWDMISMATCH},
}
_OF_REDACTIONS: Final = {
    "forbidden": "REDACT_FORBIDDEN",
    "no_such_message": "UNKNOWN_MSGID",
    "no_such_room": "INVALID_TARGET",
    "not_a_member": "INVALID_TARGET",
}
"""The codes of the specification of message redaction."""

_OF_RENAMING: Final = {"room_taken": "CHANNEL_NAME_IN_USE", "room_not_allowed": "CANNOT_RENAME"}
"""The codes of the specification of channel renaming; else there are numbers."""

_OF_HISTORY: Final = dict.fromkeys(_OF_REDACTIONS, "INVALID_TARGET")
_FAILING: Final = {
    "CHATHISTORY": _OF_HISTORY,
    "MARKREAD": {},
    "REDACT": _OF_REDACTIONS,
    "RENAME": _OF_RENAMING,
    "SEARCH": {"bad_command": "INVALID_PARAMS", "too_long": "INVALID_PARAMS"},
    "SETNAME": {"too_long": "INVALID_REALNAME"},
}
"""Commands of which the specifications say that they are refused by FAIL, and its codes."""


def _first_named(asked: Asked) -> tuple[str, ...]:
    return (asked.target,)


_CONTEXTS: Final[dict[str, Callable[[Asked], tuple[str, ...]]]] = {
    **dict.fromkeys(
        (N.NOTEXTTOSEND, N.INPUTTOOLONG, N.PASSWDMISMATCH, N.NOPRIVILEGES), lambda _asked: ()
    ),
    **dict.fromkeys(
        (N.USERNOTINCHANNEL, N.USERONCHANNEL), lambda asked: (asked.detail, asked.target)
    ),
    N.NOSUCHNICK: lambda asked: (
        asked.detail if asked.command in ("KICK", "INVITE", "MODE") else asked.target,
    ),
}
"""What stands before the sentence of a number, where that is not what was named first."""


def refusal_of(client: Client, asked: Asked, error: Error) -> Iterator[Line]:
    """Yield the lines that refuse what was asked."""
    if asked.command in ("WHOIS", "WHO"):
        yield from nobody(client, asked.command, asked.target)
    elif asked.command == "NAMES":
        if asked.detail:
            yield client.numeric(N.ENDOFNAMES, asked.detail, END_OF_NAMES)
    elif asked.command in _FAILING and not _has_number(asked, error):
        yield _failure(client, asked, error)
    elif not _is_passed_over(asked, error):
        yield _refusal(client, asked, error)


def _has_number(asked: Asked, error: Error) -> bool:
    """Return whether what is mostly refused by FAIL is refused by its number."""
    return asked.command == "RENAME" and error.code not in _OF_RENAMING


def _is_passed_over(asked: Asked, error: Error) -> bool:
    """Return whether nothing is to be said: no program may answer a `NOTICE`, nor does a server;
    and nobody misses a ban that there is not."""
    is_no_ban = asked.command == "MODE" and "!" in asked.detail and error.code == "not_here"
    return is_no_ban or asked.command == "NOTICE"


def _failure(client: Client, asked: Asked, error: Error) -> Line:
    code = _FAILING[asked.command].get(error.code, error.code.upper())
    about = (asked.target, asked.detail)
    if asked.command == "CHATHISTORY":
        about = (asked.detail, asked.target)
    elif asked.command == "SETNAME":
        about = ("", "")
    elif code == "INVALID_TARGET":
        about = (asked.target, "")
    return Line("FAIL", (asked.command, code, *filter(None, about), error.message), client.host)


def _refusal(client: Client, asked: Asked, error: Error) -> Line:
    number = _NUMBERS.get(asked.command, {}).get(error.code)
    if number is not None:
        context = _CONTEXTS.get(number, _first_named)
        return client.numeric(number, *context(asked), error.message)
    if "standard-replies" not in client.caps:
        return client.notice(error.message)
    target = (asked.target,) if asked.target and " " not in asked.target else ()
    return Line("FAIL", (asked.command, error.code.upper(), *target, error.message), client.host)
