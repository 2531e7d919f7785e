"""What IRC clients send, and what is made of texts and names for them."""

from contextlib import suppress

from bench.fuzz.target import Target, text_of
from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name
from hubbub.wire.irc.dialect import IrcDialect
from hubbub.wire.irc.line import BODY_BYTES_MAX, Line, LineDecoder, parse
from hubbub.wire.irc.names import name_of, nick_of
from hubbub.wire.irc.texts import action_of, from_irc, is_request, lines_of

LINE_BYTES_MIN = 64
NAMED = b"NICK ann\r\nUSER ann 0 * :Ann\r\n"


class Figures:
    """Of no server."""

    name = "irc.hubbub"
    registers = "before"
    sts_seconds = 0
    takes_files = True
    version = "hubbub"
    since = 0

    def people(self) -> int:
        """Return how many people are here."""
        return 0

    def most(self) -> int:
        """Return how many there were at the most."""
        return 0

    def rooms(self) -> int:
        """Return how many rooms are open."""
        return 0

    def account(self, _person: str) -> str:
        """Return the own name of a member."""
        return ""

    def is_bot(self, _name: str) -> bool:
        """Return whether somebody says to be a program."""
        return False


def read_lines(data: bytes) -> None:
    """Lines of IRC, in two pieces or in one."""
    if not data:
        return
    cut, stream = data[0], data[1:]
    whole = [repr(line) for line in LineDecoder().receive(stream)]
    decoder = LineDecoder()
    pieces = (stream[:cut], stream[cut:])
    heard = [repr(line) for piece in pieces for line in decoder.receive(piece)]
    assert heard == whole, "pieces change what is heard"


def read_client(data: bytes) -> None:
    """What an IRC client says, whom nobody answers."""
    dialect = IrcDialect(Figures(), lambda: 1_760_000_000_000)
    for said in dialect.receive(data):
        assert repr(said)
    assert dialect.unfinished_bytes <= len(data)


def read_text(data: bytes) -> None:
    """A text that is to stand in lines, or that stood in one; the first byte says how long."""
    if not data:
        return
    text, bytes_max = text_of(data[1:]), LINE_BYTES_MIN + data[0]
    lines = list(lines_of(text, bytes_max))
    assert all(0 < len(line.encode()) <= bytes_max for line in lines)
    from_irc(action_of(text) or text)
    is_request(text)
    for line in lines:
        raw = Line("PRIVMSG", ("#lobby", line), "ann!~u@irc.hubbub").encode()
        assert raw.endswith(b"\r\n")
        assert len(raw) <= BODY_BYTES_MAX
        assert b"\n" not in raw[:-2]
        assert parse(raw.decode().rstrip("\r\n")) is not None


def read_nick(data: bytes) -> None:
    """A name that is to be a nick, and a nick that is to be a name."""
    raw = text_of(data)
    with suppress(Refused):
        name = allowed_name(raw)
        assert name_of(nick_of(name)) == name, "each nick leads back to its name"
        assert not set(nick_of(name)) & set(" !@:,")
    with suppress(Refused):
        name = allowed_name(name_of(raw))
        assert name_of(nick_of(name)) == name


TARGETS = (
    Target(
        "irc",
        read_lines,
        (
            b"\x07NICK ann\r\nUSER ann 0 * :Ann Lee\r\n",
            b"\x20@label=1;+draft/reply=2 :ann!a@h PRIVMSG #lobby :hello \x02bold\x02\r\n",
        ),
    ),
    Target(
        "irc-client",
        read_client,
        (
            b"CAP LS 302\r\nNICK ann\r\nUSER ann 0 * :Ann\r\nCAP REQ :sasl message-tags\r\n"
            b"AUTHENTICATE PLAIN\r\nAUTHENTICATE AGFubgBzZWNyZXQ=\r\nCAP END\r\n",
            b"PASS x\r\n" + NAMED + b"JOIN #lobby,#den k\r\nMODE #lobby +b-o a b\r\n",
            NAMED + b"CHATHISTORY AFTER #lobby msgid=lobby/1 50\r\nWHO #lobby %tcn,1\r\n",
            NAMED + b"@+draft/react=x;+draft/reply=lobby/1 TAGMSG #lobby\r\n",
        ),
    ),
    Target(
        "irc-text",
        read_text,
        (
            b"\x00hello \x02bold \x1dboth\x0f \x0304,12red\x03 \x01ACTION waves\x01",
            "\x40日本語 e\u0301\u0301 👩‍👩‍👧‍👦\nsecond".encode(),
        ),
    ),
    Target("irc-nick", read_nick, (b"Ann Lee", "who？".encode(), b"-1:2", "ａ ｂ".encode())),
)
