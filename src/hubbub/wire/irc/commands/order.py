"""What keeps order in rooms, in the words of IRC: MODE and KICK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubbub.chat import commands as c
from hubbub.chat.commands.channels import KEY_CHARS_MAX, LIMIT_MAX, MASK_CHARS_MAX
from hubbub.chat.rules import SLOW_SECONDS_MAX
from hubbub.chat.text import whole_number
from hubbub.wire.irc.commands.showing import own_mode
from hubbub.wire.irc.isupport import KICK_CHARS_MAX, MODES_MAX, TARGETS_MAX
from hubbub.wire.irc.modes import BAN, EXEMPTING, FLAGS, KEY, NUMBERS, masks_of, whom_of
from hubbub.wire.irc.names import is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line

_ROLES: Final = {"q": "owner", "o": "moderator", "v": "writer"}
_NUMBERS_MAX: Final = {"l": LIMIT_MAX, "f": SLOW_SECONDS_MAX}


def kick(client: Client, line: Line) -> Iterator[Heard]:
    """Put people out of a room, or each out of a room of their own."""
    channels, nicks = line.params[0].split(","), line.params[1].split(",")
    reason = line.params[2] if len(line.params) > 2 else ""
    if len(channels) != len(nicks):
        channels = channels[:1] * len(nicks)
    for channel, nick in list(zip(channels, nicks, strict=True))[:TARGETS_MAX]:
        room, ref = room_of(channel).lower(), client.ref(line, channel, nick)
        yield c.Kick(room=room, name=name_of(nick), reason=reason[:KICK_CHARS_MAX], ref=ref)


def mode(client: Client, line: Line) -> Iterator[Heard]:
    """Change modes, or say which there are."""
    channel, *rest = line.params
    if not is_channel(channel):
        yield from own_mode(client, line)
    elif not rest:
        yield c.AskAbout(room=room_of(channel).lower(), ref=client.ref(line, channel))
    else:
        yield from _Changing(client, line).act()


class _Changing:
    """One line that changes modes of a channel: flags together, all else one by one."""

    def __init__(self, client: Client, line: Line) -> None:
        self._client = client
        self._line = line
        self._channel, self._word, *arguments = line.params
        self._room = room_of(self._channel).lower()
        self._arguments = iter(arguments)
        self._rules: dict[str, Any] = {}
        self._others: list[Heard] = []

    def act(self) -> Iterator[Heard]:
        """Yield what the line asks of the chatroom, and what answers it at once."""
        on = True
        for letter in self._word[:MODES_MAX]:
            if letter in "+-":
                on = letter == "+"
            else:
                self._take(letter, on=on)
        if self._rules:
            yield c.SetModes(room=self._room, ref=self._ref(), **self._rules)
        yield from self._others

    def _take(self, letter: str, *, on: bool) -> None:
        if letter in FLAGS:
            flag = FLAGS[letter]
            self._rules[flag.field] = flag.on if on else flag.off
        elif letter == KEY:
            self._take_key(on=on)
        elif letter in NUMBERS:
            self._take_number(letter, on=on)
        elif letter == BAN:
            self._take_ban(on=on)
        elif letter in EXEMPTING:
            self._take_exemption(letter, on=on)
        elif letter in _ROLES:
            self._take_role(letter, on=on)
        else:
            self._refuse(N.UNKNOWNMODE, letter, "is no mode here.")

    def _take_key(self, *, on: bool) -> None:
        key = next(self._arguments, "")
        if not on:
            self._rules["key"] = ""
        elif 0 < len(key) <= KEY_CHARS_MAX and key.isascii() and not set(key) & set(" ,:"):
            self._rules["key"] = key
        else:
            no = f"A key has up to {KEY_CHARS_MAX} characters, and no spaces, commas or colons."
            self._refuse(N.INVALIDMODEPARAM, self._channel, KEY, "*", no)

    def _take_number(self, letter: str, *, on: bool) -> None:
        if not on:
            self._rules[NUMBERS[letter]] = 0
            return
        given = next(self._arguments, "")
        if number := whole_number(given, _NUMBERS_MAX[letter]):
            self._rules[NUMBERS[letter]] = number
        else:
            no = f"That takes a number, up to {_NUMBERS_MAX[letter]}."
            self._refuse(N.INVALIDMODEPARAM, self._channel, letter, given, no)

    def _take_ban(self, *, on: bool) -> None:
        mask = next(self._arguments, "")
        if not mask:
            self._others.append(c.Bans(room=self._room, ref=self._ref()))
            return
        whom, is_muted = whom_of(mask)
        if not whom:
            # Everybody's host and user name are the same here: this would mean all.
            no = f"Say whom, by nick: MODE {self._channel} +b NICK."
            self._refuse(N.INVALIDMODEPARAM, self._channel, BAN, mask, no)
            return
        ban, unban = (c.Mute, c.Unmute) if is_muted else (c.Ban, c.Unban)
        change = ban if on else unban
        self._others.append(change(room=self._room, who=name_of(whom), ref=self._ref(mask)))

    def _take_exemption(self, letter: str, *, on: bool) -> None:
        mask = next(self._arguments, "")
        of: Any = EXEMPTING[letter]
        if not mask:
            self._others.append(c.Exemptions(room=self._room, of=of, ref=self._ref(letter)))
            return
        masks = masks_of(mask)
        if masks is None or len(mask) > MASK_CHARS_MAX:
            no = f"Say whom, by nick or user name: MODE {self._channel} +{letter} NICK!USER@*."
            self._refuse(N.INVALIDMODEPARAM, self._channel, letter, mask[:MASK_CHARS_MAX], no)
            return
        of = "mute" if masks.is_of_mutes and of == "ban" else of
        ref = self._ref(mask)
        change = c.Exempt(room=self._room, of=of, name=masks.name, user=masks.user, on=on, ref=ref)
        self._others.append(change)

    def _take_role(self, letter: str, *, on: bool) -> None:
        if nick := next(self._arguments, ""):
            role: Any = _ROLES[letter]
            ref = self._ref(nick)
            given = c.Give(room=self._room, name=name_of(nick), role=role, on=on, ref=ref)
            self._others.append(given)
        else:
            self._refuse(N.NEEDMOREPARAMS, "MODE", f"Say who: MODE {self._channel} +{letter} NICK.")

    def _ref(self, detail: str = "") -> str:
        return self._client.ref(self._line, self._channel, detail)

    def _refuse(self, number: str, *params: str) -> None:
        self._others.append(self._client.at_once(self._line, self._client.numeric(number, *params)))
