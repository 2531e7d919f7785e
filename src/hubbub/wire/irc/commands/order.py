"""What keeps order in rooms, in the words of IRC: MODE and KICK."""

from collections.abc import Callable, Iterator
from typing import Final, Literal

from hubbub.chat import commands as c
from hubbub.chat.commands import AnyCommand
from hubbub.chat.heard import Heard
from hubbub.wire.irc.client import Client
from hubbub.wire.irc.commands.showing import own_mode
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.order import modes_of

_ROLES: Final[dict[str, Literal["owner", "moderator"]]] = {"q": "owner", "o": "moderator"}


def kick(client: Client, line: Line) -> Iterator[Heard]:
    """Yield what puts somebody out of a room."""
    channel, nick, *rest = line.params
    reason = rest[0] if rest else ""
    room = room_of(channel).lower()
    ref = client.ref(line, channel, nick)
    yield c.Kick(room=room, name=name_of(nick), reason=reason[:200], ref=ref)


def mode(client: Client, line: Line) -> Iterator[Heard]:
    """Yield what changes a mode, or says which there are."""
    target, *rest = line.params
    if not is_channel(target):
        yield from own_mode(client, line)
        return
    room = room_of(target).lower()
    if not rest:
        yield client.at_once(line, client.numeric(N.CHANNELMODEIS, target, modes_of(client, room)))
        return
    word, *arguments = rest
    on, letter = not word.startswith("-"), word.lstrip("+-")[:1]
    argument = arguments[0] if arguments else ""
    command = _change(room, letter, argument, on=on)
    if command is None:
        yield client.at_once(line, client.numeric(N.UNKNOWNMODE, letter or "*", "is no mode here."))
    elif letter == "b" and on and argument.startswith("*!"):
        # Everybody's host and user name are the same here: this would mean all.
        no = f"Say whom, by nick: MODE {target} +b NICK."
        yield client.at_once(line, client.numeric(N.INVALIDMODEPARAM, target, "b", argument, no))
    else:
        command.ref = client.ref(line, target, argument)
        yield command


def _change(room: str, letter: str, argument: str, *, on: bool) -> AnyCommand | None:
    who = name_of(argument.partition("!")[0])
    made: dict[str, Callable[[], AnyCommand]] = {
        "i": lambda: c.SetRules(room=room, private=on),
        "m": lambda: c.SetRules(room=room, read_only=on),
        "t": lambda: c.SetRules(room=room, topic_by="moderator" if on else "passing"),
    }
    if letter == "b":
        change = c.Ban if on else c.Unban
        return change(room=room, who=who) if argument else c.Bans(room=room)
    if letter in _ROLES and argument:
        return c.Appoint(room=room, name=who, role=_ROLES[letter] if on else "none")
    return made[letter]() if letter in made else None
