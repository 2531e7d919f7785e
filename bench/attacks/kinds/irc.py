"""Clients of IRC that say more, ask more, or read less than people do."""

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, cycle, repeat

from bench.attacks.line import Line, Opening, opened
from bench.attacks.lines import Lines, flood
from bench.attacks.target import CROWD_ROOM, Attack, Target

CAPS = (
    b"message-tags server-time batch draft/chathistory draft/multiline draft/event-playback "
    b"draft/metadata-2 setname away-notify sasl"
)
SUBSCRIBED = b"METADATA * SUB url\r\n"
SEATS = 250
CLIENTS = 10
READERS = 300
RECEIVE_BYTES = 4096
SIP_BYTES = 65_536
TALKERS = 2
LONG_LINE = b"PRIVMSG #%b :%b\r\n" % (CROWD_ROOM.encode(), b"word " * 80)
TAGS = b"@+note=%b TAGMSG #%b\r\n" % (b"x" * 4000, CROWD_ROOM.encode())
MULTILINE = (
    b"BATCH +1 draft/multiline #lobby\r\n"
    + b"@batch=1 PRIVMSG #lobby :%b\r\n" % (b"x" * 400) * 40
    + b"BATCH -1\r\n"
)
QUESTIONS = (
    b"CHATHISTORY LATEST #lobby * 100\r\n",
    b"CHATHISTORY BEFORE #lobby timestamp=2100-01-01T00:00:00.000Z 100\r\n",
    b"CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00Z timestamp=2100-01-01T00:00:00Z 100\r\n",
    b"SEARCH text=a;limit=100\r\n",
    b"NAMES #lobby\r\n",
    b"LIST\r\n",
)


def client(room: str, *, receive_bytes: int = 0) -> Opening:
    """Return how one gets a client that is in `room`."""

    def opening(target: Target) -> Line:
        name = target.name().encode()
        hello = b"CAP REQ :%b\r\nNICK %b\r\nUSER %b 0 * :%b\r\nCAP END\r\n" % (
            CAPS,
            name,
            name,
            name,
        )
        joined = b"JOIN #%b\r\n" % room.encode()
        return opened(target, (hello, b" 376 "), (joined, b" 366 "), receive_bytes=receive_bytes)

    return opening


LOBBY = client("lobby")
INSIDE = client(CROWD_ROOM)
SLOW = client(CROWD_ROOM, receive_bytes=RECEIVE_BYTES)


def _floods(opening: Opening, moves: Callable[[], Iterator[bytes]]) -> Callable[[Target], None]:
    return lambda target: flood(target, CLIENTS, opening, moves, 16)


def texts(target: Target) -> None:
    """10 clients of IRC say long lines in a room of 250."""
    _floods(INSIDE, lambda: repeat(LONG_LINE))(target)


def tags(target: Target) -> None:
    """10 clients of IRC send tags of 4,000 bytes to a room of 250."""
    _floods(INSIDE, lambda: repeat(TAGS))(target)


def multilines(target: Target) -> None:
    """10 clients of IRC say texts of 40 lines."""
    _floods(LOBBY, lambda: repeat(MULTILINE))(target)


def questions(target: Target) -> None:
    """10 clients of IRC ask for history, searches and lists."""
    _floods(LOBBY, lambda: cycle(QUESTIONS))(target)


def nicks(target: Target) -> None:
    """10 clients of IRC take one nick after the other."""
    _floods(LOBBY, lambda: (b"NICK n%d\r\n" % number for number in count()))(target)


def endless_lines(target: Target) -> None:
    """10 clients of IRC send lines that never end."""
    _floods(LOBBY, lambda: repeat(b"PRIVMSG #lobby :" + b"x" * 65_536))(target)


def open_batches(target: Target) -> None:
    """300 clients of IRC begin long texts, and never end them."""
    said = MULTILINE.removesuffix(b"BATCH -1\r\n")
    flood(target, target.scale.of(READERS), LOBBY, lambda: iter((said,)))


def slow_readers(target: Target) -> None:
    """300 clients of IRC read little of the long lines of 2 others."""
    with ExitStack() as stack, Lines(target, INSIDE, lambda: repeat(LONG_LINE * 16)) as talkers:
        readers = [stack.enter_context(SLOW(target)) for _ in range(target.scale.of(READERS))]
        talkers.open(TALKERS)
        target.begin()
        while target.goes_on():
            talkers.step()
            for reader in readers:
                reader.discard(SIP_BYTES)


def _among_clients(target: Target, moves: Callable[[], Iterator[bytes]]) -> None:
    """Have 10 clients say things without end to a room of 250 others who speak IRC."""
    room = f"irc-{target.number}"
    opening = client(room)
    with Lines(target, opening, lambda: iter((SUBSCRIBED,))) as seats:
        seats.open(target.scale.of(SEATS))
        with Lines(target, opening, moves) as talkers:
            talkers.open(CLIENTS)
            target.begin()
            while target.goes_on():
                seats.step()
                talkers.step(16)


def metadata(target: Target) -> None:
    """10 clients of IRC say something about themselves without end, to 250 who want to know."""
    _among_clients(target, lambda: (b"METADATA * SET url :%d\r\n" % number for number in count()))


def real_names(target: Target) -> None:
    """10 clients of IRC take one real name after the other, among 250 others."""
    _among_clients(target, lambda: (b"SETNAME :n%d\r\n" % number for number in count()))


def away(target: Target) -> None:
    """10 clients of IRC are away for one reason after the other, among 250 others."""
    _among_clients(target, lambda: (b"AWAY :n%d\r\n" % number for number in count()))


def modes(target: Target) -> None:
    """Somebody who looks after a room of 250 clients of IRC changes its modes without end."""
    room = f"irc-{target.number}".encode()
    with client(room.decode())(target) as line:  # who opens it looks after it
        line.moves = cycle((b"MODE #%b +n-t\r\n" % room, b"MODE #%b +m\r\n" % room,
                            b"MODE #%b -m\r\n" % room))  # fmt: skip
        with Lines(target, client(room.decode()), lambda: iter((SUBSCRIBED,))) as seats:
            seats.open(target.scale.of(SEATS))
            target.begin()
            while target.goes_on():
                seats.step()
                line.discard()
                if line.unsent or line.load(16):
                    line.push()
                    target.moved(0 if line.unsent else line.under_way)


def exemptions(target: Target) -> None:
    """Somebody exempts 100 masks from bans in a room, and takes them back, without end."""
    room = f"irc-{target.number}".encode()

    def moves() -> Iterator[bytes]:
        for sign in cycle((b"+", b"-")):
            for number in range(100):
                yield b"MODE #%b %be a%d*!*@*\r\n" % (room, sign, number)
            yield b"MODE #%b +e\r\n" % room

    flood(target, 1, client(room.decode()), moves, 16)


def watching(target: Target) -> None:
    """10 clients of IRC watch 100 nicks each, ask for the list, and begin anew, without end."""
    watch = b"".join(
        b"MONITOR + %b\r\n" % b",".join(b"w%d" % number for number in range(start, start + 20))
        for start in range(0, 100, 20)
    )
    _floods(LOBBY, lambda: repeat(watch + b"MONITOR L\r\nMONITOR S\r\nMONITOR C\r\n"))(target)


def logins(target: Target) -> None:
    """10 clients of IRC begin to prove passwords (SCRAM) of one member after the other."""

    def moves() -> Iterator[bytes]:
        for number in count():
            first = base64.b64encode(b"n,,n=member%d,r=nonce" % number)
            yield b"AUTHENTICATE SCRAM-SHA-256\r\nAUTHENTICATE %b\r\nAUTHENTICATE *\r\n" % first

    _floods(LOBBY, moves)(target)


ATTACKS = (
    Attack("irc-texts", texts, crowd=250),
    Attack("irc-tags", tags, crowd=250),
    Attack("irc-multilines", multilines),
    Attack("irc-questions", questions, log=10_000),
    Attack("irc-nicks", nicks),
    Attack("irc-endless-lines", endless_lines),
    Attack("irc-open-batches", open_batches),
    Attack("irc-slow-readers", slow_readers),
    Attack("irc-metadata", metadata),
    Attack("irc-real-names", real_names),
    Attack("irc-away", away),
    Attack("irc-modes", modes),
    Attack("irc-exemptions", exemptions),
    Attack("irc-watching", watching),
    Attack("irc-logins", logins),
)
