"""The modes of channels: which letters stand for what holds in a room, and for roles there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.chat.events.channels import exempt_of
from hubbub.chat.masks import is_mask
from hubbub.wire.irc.names import HOST, USER, is_channel, name_of, nick_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events.channels import About, Change

PREFIXES: Final = {"owner": "~", "operator": "&", "moderator": "@", "writer": "+"}
"""What stands before the nicks of those who have a role in a room, from the highest on."""

MODES: Final = {"owner": "q", "operator": "a", "moderator": "o", "writer": "v"}
"""The same as modes."""


def status_in(target: str) -> tuple[str, str] | None:
    """Return the sign and the channel of a target such as `@#room`, which means those who have at
    least that role there; None if it is no such target."""
    sign, channel = target[:1], target[1:]
    return (sign, channel) if sign in PREFIXES.values() and is_channel(channel) else None


def has_status(sign: str, role: str, *, may_write: bool) -> bool:
    """Return whether somebody with this role is meant by a sign before a channel."""
    signs = "".join(PREFIXES.values())
    own = PREFIXES.get(role, PREFIXES["writer"] if may_write else "")
    return own != "" and signs.index(own) <= signs.index(sign)


class Flag(NamedTuple):
    """A mode without a parameter: a field of the rules of a room, and what it is with the mode."""

    field: str
    on: bool | str = True
    off: bool | str = False


FLAGS: Final = {
    "i": Flag("invite_only"),
    "m": Flag("read_only"),
    "n": Flag("outsiders", on=False, off=True),
    "p": Flag("private"),
    "s": Flag("unlisted"),
    "t": Flag("topic_by", on="moderator", off="passing"),
}

KEY: Final = "k"
NUMBERS: Final = {"l": "limit", "f": "slow_seconds"}
"""Modes with a number: of people who may be there, and of seconds between two messages."""

BAN: Final = "b"
MUTING: Final = "~q:"
"""Begins what is banned if they may enter, and not speak (`EXTBAN`)."""

EXEMPTING: Final = {"e": "ban", "I": "door"}
"""Modes with masks of those who are exempt from bans, and mutes, or who enter although only those
do who are asked in."""

LISTS: Final = (BAN, *EXEMPTING)

SHOWN: Final = f"{','.join((''.join(LISTS), KEY, ''.join(sorted(NUMBERS)), ''.join(FLAGS)))}"
"""`CHANMODES`: lists, with a parameter, with one if they are set, without."""

WITH_PARAMETERS: Final = "".join(sorted((*LISTS, KEY, *NUMBERS, *MODES.values())))
ALL: Final = "".join(sorted((*WITH_PARAMETERS, *FLAGS)))
"""As in RPL_MYINFO."""

_LETTERS: Final = {
    **{flag.field: letter for letter, flag in FLAGS.items()},
    **{field: letter for letter, field in NUMBERS.items()},
    **MODES,
    "key": KEY,
    "ban": BAN,
    "mute": BAN,
    exempt_of("ban"): "e",
    exempt_of("mute"): "e",
    exempt_of("door"): "I",
}


def mask_of(whom: str, *, is_muted: bool = False) -> str:
    """Return what IRC calls those who are banned, or muted: everybody's host is the same."""
    return f"{MUTING * is_muted}{nick_of(whom) if '*' not in whom else whom}!*@*"


def whom_of(mask: str) -> tuple[str, bool]:
    """Return whom a mask means, empty if it can mean nobody in particular, and whether it mutes."""
    is_muted = mask.startswith(MUTING)
    nick, _, rest = mask.removeprefix(MUTING).partition("!")
    user, _, host = rest.partition("@")
    is_of_all = all(part in ("", "*", USER, HOST) for part in (user, host))
    if nick.strip("*"):
        return (nick if is_of_all else ""), is_muted
    network = host if host not in ("", "*", HOST) and user in ("", "*") else ""
    return network, is_muted


class Masks(NamedTuple):
    """Masks of names and of user names, and whether they are about mutes."""

    name: str
    user: str
    is_of_mutes: bool

    @property
    def whole(self) -> str:
        """What IRC calls those who are meant."""
        nick = self.name if is_mask(self.name) else nick_of(self.name)
        return f"{MUTING * self.is_of_mutes}{nick}!{self.user}@*"


def masks_of(mask: str) -> Masks | None:
    """Return what a mask says of those who are exempt, None if nothing: everybody's host is the
    same."""
    nick, _, rest = mask.removeprefix(MUTING).partition("!")
    user, _, host = rest.partition("@")
    name, user = name_of(nick) or "*", "*" if user in ("", USER) else user.removeprefix("~")
    says_something = (name.strip("*") or user.strip("*")) and host in ("", "*", HOST)
    return Masks(name, user, mask.startswith(MUTING)) if says_something else None


def modes_in(about: About) -> list[str]:
    """Return the modes of a room, and then their parameters."""
    topic_by = about.topic_role if about.topic_role == "passing" else "moderator"
    values = {flag.field: getattr(about, flag.field, None) for flag in FLAGS.values()}
    values["topic_by"] = topic_by
    letters = [letter for letter, flag in FLAGS.items() if values[flag.field] == flag.on]
    parameters = []
    if about.key:
        letters.append(KEY)
        parameters.append(about.key)
    for letter, field in NUMBERS.items():
        if number := getattr(about, field):
            letters.append(letter)
            parameters.append(str(number))
    return [f"+{''.join(letters)}", *parameters]


def as_modes(changes: Iterable[Change]) -> list[str]:
    """Return changes as the parameters of one `MODE`: signs with letters, and what goes along."""
    word, sign, parameters = "", "", []
    for on, letter, parameter in _each(changes):
        now = "+" if on else "-"
        word += letter if now == sign else now + letter
        sign = now
        if parameter:
            parameters.append(parameter)
    return [word, *parameters]


def _each(changes: Iterable[Change]) -> Iterator[tuple[bool, str, str]]:
    for on, what, value, user in changes:
        letter = _LETTERS[what]
        if what in MODES:
            yield on, letter, nick_of(value)
        elif what in ("ban", "mute"):
            yield on, letter, mask_of(value, is_muted=what == "mute")
        elif letter in EXEMPTING:
            yield on, letter, Masks(value, user, what == exempt_of("mute")).whole
        elif letter in NUMBERS:
            yield on, letter, value if on else ""
        elif letter in FLAGS:
            yield on != (FLAGS[letter].on is False), letter, ""
        else:
            yield on, letter, value
