"""What a welcomed IRC client says: each command of IRC, and what it asks of the chatroom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from hubbub.chat import commands as c
from hubbub.chat.events import Deleted, Message, Reaction
from hubbub.chat.heard import Goodbye, Heard, Introduction, Reply
from hubbub.chat.names import is_direct, same_name
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.drafts import deletion, message, reaction
from hubbub.wire.irc.format import seq_in
from hubbub.wire.irc.history import history
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import HOST, USER, channel_of, is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.ordering import kick, mode
from hubbub.wire.irc.texts import action_of, from_irc, is_request
from hubbub.wire.irc.welcoming import Figures, lusers, message_of_the_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.wire.irc.voice import Voice

TARGETS_MAX: Final = 4
"""To how many one line may speak, and about how many it may ask."""

RECENT: Final = 20
"""The last messages of a room, for a client that cannot ask for them."""

HELP: Final = (
    "A room is #name: /join #name enters one, or opens it. What is said there stays:",
    "clients that know draft/chathistory show all of it, others the last lines when they join.",
    "/msg NICK speaks to somebody in private; what a member is told while away waits for them.",
    "Members log in by SASL, with the name and password of hubbub. Without it you are here in",
    "passing: your nick is yours for as long as you are connected.",
)


Draft = Message | Reaction | Deleted | None


def _without_label(line: Line) -> Line:
    """Return a line whose label is used up: each has one answer."""
    if "label" not in line.tags:
        return line
    return line._replace(tags={key: tag for key, tag in line.tags.items() if key != "label"})


class Talking:
    """The commands of one client. `clock` returns milliseconds since the epoch."""

    __slots__ = ("_clock", "_figures", "_voice")

    def __init__(self, voice: Voice, figures: Figures, clock: Callable[[], int]) -> None:
        self._voice = voice
        self._figures = figures
        self._clock = clock

    def hear(self, line: Line) -> Iterator[Heard]:
        """Yield what a line asks of the chatroom, and what answers it at once."""
        voice, params = self._voice, line.params
        ask = self._commands.get(line.command)
        if ask is None:
            sentence = "There is no such command here. /help says what there is."
            yield self._at_once(line, voice.numeric(N.UNKNOWNCOMMAND, line.command, sentence))
            return
        needed, act = ask
        if len(params) < needed or not all(params[:needed]):
            yield self._at_once(line, self._too_few(line))
            return
        yield from act(self, line)

    def return_to_unread(self) -> Iterator[Heard]:
        """Enter the rooms anew in which something waits; talks of two from where they were read."""
        voice = self._voice
        unread, voice.unread, voice.awaits_unread = voice.unread, (), False
        for room, seen in unread:
            before = voice.rooms
            yield c.Join(room=room, after=seen, ref=voice.asking.ref(Asked("UNREAD")))
            yield from self._last_said(voice.rooms - before)

    def log_in(self, name: str, password: str, ref: str) -> Iterator[Heard]:
        """Become a member, in the same rooms; then enter those in which something waits."""
        voice = self._voice
        before, rooms = voice.person, voice.rooms
        voice.awaits_unread = True
        yield c.Login(name=name, password=password, ref=ref)
        if voice.person != before:  # whoever it was before has left
            yield from self._come_anew(rooms)
        yield from self.return_to_unread()

    def _come_anew(self, rooms: frozenset[str]) -> Iterator[Heard]:
        """Enter rooms as somebody else; private ones stay with whoever the client was before."""
        voice = self._voice
        unread = {room for room, _ in voice.unread}
        voice.conversations = {
            room: other for room, other in voice.conversations.items() if room in unread
        }
        for room in sorted(rooms - unread):
            asked = Asked("REJOIN", channel_of(room), "", room)
            yield c.Join(room=room, ref=voice.asking.ref(asked))

    def _at_once(self, line: Line, *lines: Line) -> Reply:
        return self._voice.at_once(line, lines)

    def _nothing(self, line: Line) -> Iterator[Heard]:
        """Answer a line that comes to nothing: with a label, that is to be said, too."""
        if lines := self._voice.answer((), line.tags.get("label", "")):
            yield reply(*lines)

    def _ref(self, line: Line, target: str = "", detail: str = "", said: Draft = None) -> str:
        asked = Asked(line.command, target, line.tags.get("label", ""), detail, said)
        return self._voice.asking.ref(asked)

    def _too_few(self, line: Line) -> Line:
        voice, params = self._voice, line.params
        match line.command:
            case "PRIVMSG" | "NOTICE" | "TAGMSG" if not params or not params[0]:
                return voice.numeric(N.NORECIPIENT, f"Say to whom. ({line.command})")
            case "PRIVMSG" | "NOTICE":
                return voice.numeric(N.NOTEXTTOSEND, "There is no text to send.")
            case "NICK" | "WHOIS" | "WHOWAS":
                return voice.numeric(N.NONICKNAMEGIVEN, "Say which nick.")
            case "PING":
                return voice.numeric(N.NOORIGIN, "Say what is to be sent back.")
        return voice.numeric(N.NEEDMOREPARAMS, line.command, "Say more: there is too little.")

    # Rooms.

    def _join(self, line: Line) -> Iterator[Heard]:
        voice = self._voice
        if line.params[0] == "0":
            for room in sorted(voice.rooms):
                asked = Asked("PART", channel_of(room), "", room)
                yield c.Leave(room=room, ref=voice.asking.ref(asked))
            yield from self._nothing(line)
            return
        for channel in line.params[0].split(","):
            room = room_of(channel).lower()
            if not is_channel(channel) or not room or is_direct(room):
                no = "Rooms begin with #, and have letters, digits, '-', '_' or '.'."
                yield self._at_once(line, voice.numeric(N.NOSUCHCHANNEL, channel or "*", no))
            elif room not in voice.rooms:
                before = voice.rooms
                yield c.Join(room=room, ref=self._ref(line, channel))
                yield from self._last_said(voice.rooms - before)
            else:
                yield from self._nothing(line)
            line = _without_label(line)

    def _last_said(self, entered: frozenset[str]) -> Iterator[Heard]:
        """Have a client told what was said last in a room, if it cannot ask for that."""
        voice = self._voice
        if voice.newest and "draft/chathistory" not in voice.caps:
            for room in entered:
                ref = voice.asking.ref(Asked("JOIN", channel_of(room)))
                yield c.History(room=room, limit=RECENT, ref=ref)

    def _part(self, line: Line) -> Iterator[Heard]:
        for channel in line.params[0].split(","):
            room = room_of(channel).lower()
            if room in self._voice.rooms:
                yield c.Leave(room=room, ref=self._ref(line, channel, room))
            else:
                no = "You are not in that room."
                number = N.NOTONCHANNEL if is_channel(channel) else N.NOSUCHCHANNEL
                yield self._at_once(line, self._voice.numeric(number, channel or "*", no))
            line = _without_label(line)

    def _topic(self, line: Line) -> Iterator[Heard]:
        channel = line.params[0]
        room = room_of(channel).lower()
        if len(line.params) > 1:
            text = from_irc(line.params[1])
            yield c.SetTopic(room=room, text=text, ref=self._ref(line, channel, text))
        elif room in self._voice.rooms:  # entered anew, a room says what it is about
            yield c.Join(room=room, ref=self._ref(line, channel))
        else:
            yield c.Rooms(ref=self._ref(line, channel))

    def _names(self, line: Line) -> Iterator[Heard]:
        channel = line.params[0].partition(",")[0] if line.params else "*"
        if is_channel(channel):
            yield c.Members(room=room_of(channel).lower(), ref=self._ref(line, channel))
        else:
            end = self._voice.numeric(N.ENDOFNAMES, channel, "End of /NAMES list")
            yield self._at_once(line, end)

    def _list(self, line: Line) -> Iterator[Heard]:
        yield c.Rooms(ref=self._ref(line, line.params[0] if line.params else ""))

    def _who(self, line: Line) -> Iterator[Heard]:
        mask, fields = line.params[0], line.params[1] if len(line.params) > 1 else ""
        ref = self._ref(line, mask, fields)
        if is_channel(mask):
            yield c.Members(room=room_of(mask).lower(), ref=ref)
        else:
            yield c.Profile(name=name_of(mask), ref=ref)

    def _invite(self, line: Line) -> Iterator[Heard]:
        nick, channel = line.params[:2]
        ref = self._ref(line, channel, nick)
        yield c.Add(room=room_of(channel).lower(), name=name_of(nick), ref=ref)

    # Talk.

    def _say(self, line: Line) -> Iterator[Heard]:
        targets = line.params[0].split(",")
        for target in targets[:TARGETS_MAX]:
            if target.lower() in ("nickserv", "chanserv") and line.command != "TAGMSG":
                yield from self._serve(line)
            else:
                yield from self._say_to(line, target)
            line = _without_label(line)
        if len(targets) > TARGETS_MAX:
            left_out = targets[TARGETS_MAX]
            no = f"Only {TARGETS_MAX} may be spoken to at once: the others were left out."
            yield self._at_once(line, self._voice.numeric(N.TOOMANYTARGETS, left_out or "*", no))

    def _say_to(self, line: Line, target: str) -> Iterator[Heard]:
        text = line.params[1] if len(line.params) > 1 else ""
        is_question = action_of(text) is None and is_request(text)
        if is_channel(target):
            room = room_of(target).lower()
        elif (found := self._conversation(target)) is not None:
            room = found
        elif line.command == "TAGMSG" or is_question:
            yield from self._nothing(line)  # nobody opens a private room to say nothing there
            return
        else:
            yield c.Direct(name=name_of(target), ref=self._ref(line, target))
            if (found := self._conversation(target)) is None:
                return  # it was refused
            room = found
        if line.command == "TAGMSG":
            yield from self._gesture(line, target, room)
        elif is_question:
            yield from self._nothing(line)  # what programs ask each other is not for people
        else:
            said = message(line, room, self._clock())
            ref = self._ref(line, target, said=said)
            yield c.Say(room=room, text=said.text, me=said.me, reply_to=said.reply_to, ref=ref)

    def _conversation(self, nick: str) -> str | None:
        """Return the private room that is shared with somebody, if one is open."""
        name = name_of(nick)
        others = self._voice.conversations.items()
        return next((room for room, other in others if same_name(other, name)), None)

    def _gesture(self, line: Line, target: str, room: str) -> Iterator[Heard]:
        if (said := reaction(line, room, self._clock())) is not None:
            ref = self._ref(line, target, said=said)
            yield c.React(room=room, seq=said.target, emoji=said.emoji, on=said.on, ref=ref)
        elif line.tags.get("+typing") == "active":
            yield c.Typing(room=room, ref=self._ref(line, target))
        else:
            yield from self._nothing(line)

    def _redact(self, line: Line) -> Iterator[Heard]:
        target, id_ = line.params[:2]
        room = room_of(target).lower() if is_channel(target) else self._conversation(target)
        seq = None if room is None else seq_in(id_, room)
        if room is None or seq is None:
            code = "INVALID_TARGET" if room is None else "UNKNOWN_MSGID"
            no = "There is no such message."
            yield self._at_once(line, Line("FAIL", ("REDACT", code, target, id_, no), HOST))
        else:
            said = deletion(room, seq, self._clock())
            yield c.Delete(room=room, seq=seq, ref=self._ref(line, target, id_, said))

    def _serve(self, line: Line) -> Iterator[Heard]:
        """Answer the commonest lines to NickServ, since fingers know them."""
        words = line.params[1].strip().split(" ", 2)  # a password may have spaces
        match [words[0].upper() if words else "", *words[1:]]:
            case ["IDENTIFY", password]:
                yield from self._log_in(line, self._voice.nick, password)
            case ["IDENTIFY", nick, password]:
                yield from self._log_in(line, nick, password)
            case _:
                sentence = "Here: IDENTIFY [NICK] PASSWORD. To become a member, use hubbub itself."
                answer = Line("NOTICE", (self._voice.nick, sentence), f"NickServ!{USER}@{HOST}")
                yield self._at_once(line, answer)

    def _log_in(self, line: Line, nick: str, password: str) -> Iterator[Heard]:
        yield from self.log_in(name_of(nick), password, self._ref(line, nick))

    # People.

    def _nick(self, line: Line) -> Iterator[Heard]:
        voice, nick = self._voice, line.params[0]
        if nick == voice.nick:
            yield from self._nothing(line)
            return
        ref = self._ref(line, nick if " " not in nick and nick[:1] != ":" else "*")
        if voice.person is not None:
            yield c.Rename(name=name_of(nick), ref=ref)
            return
        # In passing, one is who one is called: under another name, somebody else comes.
        before, rooms = voice.nick, voice.rooms
        yield Introduction(name_of(nick), voice, ref, again=True)
        if voice.nick != before:
            yield from self._come_anew(rooms)

    def _away(self, line: Line) -> Iterator[Heard]:
        text = line.params[0] if line.params else ""
        ref = self._ref(line, detail=text)
        yield c.Away(text=text, ref=ref) if text else c.Back(ref=ref)

    def _whois(self, line: Line) -> Iterator[Heard]:
        nick = line.params[-1].partition(",")[0]
        yield c.Profile(name=name_of(nick), ref=self._ref(line, nick or "*"))

    def _whowas(self, line: Line) -> Iterator[Heard]:
        nick, voice = line.params[0], self._voice
        yield self._at_once(
            line,
            voice.numeric(N.WASNOSUCHNICK, nick, "Who was here before is not kept."),
            voice.numeric(N.ENDOFWHOWAS, nick, "End of WHOWAS"),
        )

    def _userhost(self, line: Line) -> Iterator[Heard]:
        own = self._voice.nick
        found = [f"{own}=+{USER}@{HOST}" for nick in line.params[:5] if nick.lower() == own.lower()]
        yield self._at_once(line, self._voice.numeric(N.USERHOST, " ".join(found)))

    def _oper(self, line: Line) -> Iterator[Heard]:
        yield c.Operate(code=line.params[1], ref=self._ref(line))

    # The server.

    def _ping(self, line: Line) -> Iterator[Heard]:
        yield self._at_once(line, Line("PONG", (HOST, line.params[0]), HOST))

    def _pong(self, _line: Line) -> Iterator[Heard]:
        yield from ()

    def _quit(self, line: Line) -> Iterator[Heard]:
        yield reply(Line("ERROR", (f"You left. {line.params[0] if line.params else ''}",)))
        yield Goodbye()

    def _lusers(self, line: Line) -> Iterator[Heard]:
        yield self._at_once(line, *lusers(self._voice, self._figures))

    def _motd(self, line: Line) -> Iterator[Heard]:
        yield self._at_once(line, *message_of_the_day(self._voice))

    def _version(self, line: Line) -> Iterator[Heard]:
        version = self._figures.version
        yield self._at_once(
            line, self._voice.numeric(N.VERSION, version.replace(" ", "-"), HOST, "")
        )

    def _time(self, line: Line) -> Iterator[Heard]:
        now = datetime.fromtimestamp(self._clock() / 1000, UTC).isoformat(" ", "seconds")
        yield self._at_once(line, self._voice.numeric(N.TIME, HOST, now))

    def _info(self, line: Line) -> Iterator[Heard]:
        voice = self._voice
        about = voice.numeric(N.INFO, f"{self._figures.version}, a chatroom for everybody")
        yield self._at_once(line, about, voice.numeric(N.ENDOFINFO, "End of INFO list"))

    def _help(self, line: Line) -> Iterator[Heard]:
        voice, subject = self._voice, line.params[0] if line.params else "*"
        numbers = [N.HELPSTART, *[N.HELPTXT] * (len(HELP) - 1)]
        lines = [
            voice.numeric(number, subject, text) for number, text in zip(numbers, HELP, strict=True)
        ]
        yield self._at_once(line, *lines, voice.numeric(N.ENDOFHELP, subject, "End of /HELP."))

    def _mode(self, line: Line) -> Iterator[Heard]:
        yield from mode(self._voice, line, self._ref)

    def _kick(self, line: Line) -> Iterator[Heard]:
        yield from kick(line, self._ref)

    def _history(self, line: Line) -> Iterator[Heard]:
        target = line.params[1] if len(line.params) > 1 else ""
        room = room_of(target).lower() if is_channel(target) else self._conversation(target)
        yield from history(self._voice, line, room, self._ref)

    # What there is, with how many parameters each must have.

    _commands: ClassVar[dict[str, tuple[int, Callable[[Talking, Line], Iterator[Heard]]]]] = {
        "AWAY": (0, _away),
        "CHATHISTORY": (2, _history),
        "HELP": (0, _help),
        "INFO": (0, _info),
        "INVITE": (2, _invite),
        "JOIN": (1, _join),
        "KICK": (2, _kick),
        "LIST": (0, _list),
        "LUSERS": (0, _lusers),
        "MODE": (1, _mode),
        "MOTD": (0, _motd),
        "NAMES": (0, _names),
        "NICK": (1, _nick),
        "NOTICE": (2, _say),
        "OPER": (2, _oper),
        "PART": (1, _part),
        "PING": (1, _ping),
        "PONG": (0, _pong),
        "PRIVMSG": (2, _say),
        "QUIT": (0, _quit),
        "REDACT": (2, _redact),
        "TAGMSG": (1, _say),
        "TIME": (0, _time),
        "TOPIC": (1, _topic),
        "USERHOST": (1, _userhost),
        "VERSION": (0, _version),
        "WHO": (1, _who),
        "WHOIS": (1, _whois),
        "WHOWAS": (1, _whowas),
    }
