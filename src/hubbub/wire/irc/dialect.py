"""What an IRC client says, in the chatroom's vocabulary.

A client first says who it is: `NICK` and `USER`, before that perhaps `PASS`, and capabilities and a
login (SASL) until `CAP END`. It takes its name in the chatroom as soon as that is needed, and is
welcomed when all of it is said. A name that it cannot have is refused, and it gives another one.

What it says is acted on one by one: whoever asks `receive` for the next thing has told the voice
all that came of the one before. So what follows a command may depend on its answer.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, ClassVar, Final

from hubbub.chat import commands as c
from hubbub.chat.heard import FILLER, Goodbye, Heard, Introduction
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.capabilities import Negotiation
from hubbub.wire.irc.line import Line, LineDecoder, NotText, TooLong, reply
from hubbub.wire.irc.names import HOST, name_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.talking import Talking
from hubbub.wire.irc.voice import Voice
from hubbub.wire.irc.welcoming import Figures, burst

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

SASL_CHUNK: Final = 400
SASL_BYTES_MAX: Final = 4096

USER_PARAMS: Final = 4
"""A user name, two that nobody needs, and a real name."""


class IrcDialect:
    """Implements `hubbub.wire.dialect.Dialect` for IRC. `clock` returns milliseconds."""

    __slots__ = (
        "_decoder",
        "_figures",
        "_has_user",
        "_is_introduced",
        "_negotiation",
        "_nick",
        "_password",
        "_sasl",
        "_talking",
        "_voice",
    )

    def __init__(self, figures: Figures, clock: Callable[[], int]) -> None:
        self._voice = Voice()
        self._decoder = LineDecoder()
        self._negotiation = Negotiation(self._voice)
        self._talking = Talking(self._voice, figures, clock)
        self._figures = figures
        self._nick = self._password = ""
        self._has_user = self._is_introduced = False
        self._sasl: str | None = None
        """What came of a login so far; None: none has begun."""

    @property
    def opening(self) -> Voice:
        """How the peer is spoken to, from the first word on."""
        return self._voice

    def reached_at(self, server: str) -> None:
        """Take in at which `http://host:port` the peer would find files."""
        self._voice.reached_at(server)

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a line wait for the rest."""
        return self._decoder.unfinished_bytes

    def farewell(self) -> bytes:
        """Return nothing: `ERROR` says why, if there is a reason."""
        return b""

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said in `data`."""
        for line in self._decoder.receive(data):
            yield FILLER  # to read a line takes time, whatever becomes of it
            if isinstance(line, Line):
                yield from self._hear(line)
            elif isinstance(line, TooLong):
                yield reply(self._voice.numeric(N.INPUTTOOLONG, "Your line is too long."))
            elif isinstance(line, NotText):
                yield reply(self._not_text())

    def _not_text(self) -> Line:
        sentence = "Your line is not UTF-8. Set your client to it, and say it again."
        if "standard-replies" in self._voice.caps:
            return Line("FAIL", ("*", "INVALID_UTF8", sentence), HOST)
        return self._voice.notice(sentence)

    def _hear(self, line: Line) -> Iterator[Heard]:
        voice = self._voice
        if not voice.is_registered:
            yield from self._hear_stranger(line)
            return
        match line.command:
            case "CAP":
                yield from self._cap(line)
            case "PASS" | "USER":
                yield reply(voice.numeric(N.ALREADYREGISTERED, "You are registered already."))
            case "AUTHENTICATE":
                yield from self._authenticate(line)
            case _:
                yield from self._talking.hear(line)

    # Until it is welcomed.

    def _hear_stranger(self, line: Line) -> Iterator[Heard]:
        act = self._strangers.get(line.command)
        if act is None:
            sentence = "Say who you are first: NICK and USER."
            yield reply(self._voice.numeric(N.NOTREGISTERED, sentence))
        else:
            yield from act(self, line)

    def _pass(self, line: Line) -> Iterator[Heard]:
        if line.params:
            self._password = line.params[0]
        else:
            yield reply(self._too_few("PASS"))

    def _take_nick(self, line: Line) -> Iterator[Heard]:
        if line.params and line.params[0]:
            if line.params[0] != self._nick and self._voice.account == "*":
                self._is_introduced = False  # it may be under the name of a login that failed
            self._nick = line.params[0]
            yield from self._go_on()
        else:
            yield reply(self._voice.numeric(N.NONICKNAMEGIVEN, "Say which nick you want."))

    def _user(self, line: Line) -> Iterator[Heard]:
        if len(line.params) < USER_PARAMS or not all(line.params[:USER_PARAMS]):
            yield reply(self._too_few("USER"))
        else:
            self._has_user = True
            yield from self._go_on()

    def _ping(self, line: Line) -> Iterator[Heard]:
        yield reply(Line("PONG", (HOST, line.params[0] if line.params else ""), HOST))

    def _quit(self, _line: Line) -> Iterator[Heard]:
        yield from self._turn_away("You left.")

    def _pass_over(self, _line: Line) -> Iterator[Heard]:
        yield from ()

    def _too_few(self, command: str) -> Line:
        return self._voice.numeric(N.NEEDMOREPARAMS, command, "Say more: there is too little.")

    def _cap(self, line: Line) -> Iterator[Heard]:
        if not line.params:
            yield reply(self._too_few("CAP"))
            return
        yield reply(*self._negotiation.hear(line.params))
        yield from self._go_on()

    def _go_on(self) -> Iterator[Heard]:
        """Welcome the client if all that is needed has been said."""
        voice = self._voice
        if voice.is_registered or self._negotiation.is_open:
            return
        if not (self._nick and self._has_user):
            return
        if not self._is_introduced:
            yield from self._introduce()
        if self._is_introduced and not (yield from self._is_kept_out()):
            voice.is_registered = True
            voice.refusal, self._nick, self._password = None, "", ""  # they are not needed any more
            yield reply(*burst(voice, self._figures))
            yield from self._talking.return_to_unread()

    def _introduce(self) -> Iterator[Heard]:
        """Take the name, and give the chatroom's password if there is one."""
        voice = self._voice
        voice.refusal, voice.is_held, voice.is_locked = None, False, False
        ref = voice.asking.ref(Asked("NICK", self._nick))
        yield Introduction(name_of(self._nick), voice, ref, again=True)
        if voice.is_locked:
            if self._password:
                yield c.Unlock(password=self._password, ref=voice.asking.ref(Asked("PASS")))
            if not self._password or voice.refusal is not None:
                sentence = "This chatroom has a password: give it with PASS, before all else."
                if voice.refusal is not None:
                    sentence = voice.refusal.message
                yield reply(voice.numeric(N.PASSWDMISMATCH, sentence))
                yield from self._turn_away(sentence)
                return
        if voice.refusal is not None:
            yield from self._refuse_nick()
        else:
            self._is_introduced = True

    def _is_kept_out(self) -> Generator[Heard, None, bool]:
        """Return whether the client has no name yet, because it is another's, or it may not enter.

        Whoever has the password of a name may have it: `PASS` is what older clients know for that.
        """
        voice = self._voice
        if voice.is_held and self._password:
            yield from self._log_in(name_of(self._nick), self._password)
        if not voice.is_held:
            return False
        voice.refusal = None
        yield c.Ping(ref=voice.asking.ref(Asked("NICK", self._nick)))
        if voice.refusal is None:
            return False
        yield from self._refuse_nick()
        return True

    def _refuse_nick(self) -> Iterator[Heard]:
        """Say why the name cannot be had; another one can be given, if that helps."""
        voice, refusal = self._voice, self._voice.refusal
        assert refusal is not None
        nick, self._nick, self._is_introduced = self._nick, "", False
        voice.nick = "*"
        shown = nick if " " not in nick and nick[:1] != ":" else "*"
        if refusal.code == "name_taken":
            yield reply(voice.numeric(N.NICKNAMEINUSE, shown, refusal.message))
        elif refusal.code == "name_not_allowed":
            yield reply(voice.numeric(N.ERRONEUSNICKNAME, shown, refusal.message))
        else:
            yield reply(voice.numeric(N.YOUREBANNEDCREEP, refusal.message))
            yield from self._turn_away(refusal.message)

    def _turn_away(self, sentence: str) -> Iterator[Heard]:
        yield reply(Line("ERROR", (sentence,)))
        yield Goodbye()

    # Logging in.

    def _authenticate(self, line: Line) -> Iterator[Heard]:
        voice = self._voice
        word = line.params[0] if line.params else ""
        if not word:
            yield reply(self._too_few("AUTHENTICATE"))
        elif voice.account != "*" and voice.is_registered:
            yield reply(voice.numeric(N.SASLALREADY, "You are logged in already."))
        elif word == "*":
            self._sasl = None
            yield reply(voice.numeric(N.SASLABORTED, "The login was broken off."))
        elif self._sasl is None:
            if word.upper() == "PLAIN":
                self._sasl = ""
                yield reply(Line("AUTHENTICATE", ("+",)))
            else:
                yield reply(
                    voice.numeric(N.SASLMECHS, "PLAIN", "is what can be used here."),
                    voice.numeric(N.SASLFAIL, "Choose another way to log in."),
                )
        elif len(word) > SASL_CHUNK or len(self._sasl) > SASL_BYTES_MAX:
            self._sasl = None
            yield reply(voice.numeric(N.SASLTOOLONG, "That is too long."))
        else:
            self._sasl += "" if word == "+" else word
            if len(word) < SASL_CHUNK:
                yield from self._end_login()

    def _end_login(self) -> Iterator[Heard]:
        given, self._sasl = self._sasl or "", None
        try:
            _, name, password = base64.b64decode(given, validate=True).decode().split("\0")
        except (binascii.Error, ValueError):
            name = password = ""
        voice = self._voice
        if name and password and voice.is_registered:
            ref = voice.asking.ref(Asked("LOGIN", nick_of(name)))
            yield from self._talking.log_in(name_of(name), password, ref)
        elif name and password:
            if not self._is_introduced:
                self._nick = self._nick or name
                yield from self._introduce()
            if self._is_introduced:
                yield from self._log_in(name_of(name), password)
        if voice.account == "*":
            yield reply(voice.numeric(N.SASLFAIL, "The name or the password is wrong."))
        elif voice.is_registered:
            yield reply(voice.numeric(N.SASLSUCCESS, "You are logged in."))
        else:
            self._nick = voice.nick
            yield reply(self._logged_in(), voice.numeric(N.SASLSUCCESS, "You are logged in."))

    def _log_in(self, name: str, password: str) -> Iterator[Heard]:
        self._voice.refusal = None
        asked = Asked("LOGIN", nick_of(name))
        yield c.Login(name=name, password=password, ref=self._voice.asking.ref(asked))

    def _logged_in(self) -> Line:
        voice = self._voice
        said = f"You are {voice.name}."
        return voice.numeric(N.LOGGEDIN, source_of(voice.name), voice.account, said)

    _strangers: ClassVar[dict[str, Callable[[IrcDialect, Line], Iterator[Heard]]]] = {
        "AUTHENTICATE": _authenticate,
        "CAP": _cap,
        "ERROR": _pass_over,
        "NICK": _take_nick,
        "PASS": _pass,
        "PING": _ping,
        "PONG": _pass_over,
        "QUIT": _quit,
        "USER": _user,
    }
