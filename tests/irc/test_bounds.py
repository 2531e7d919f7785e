"""What an IRC client costs: little memory while it is idle, and nothing that grows for ever."""

import tracemalloc
from collections.abc import Iterator

from hubbub.chat import commands as c
from hubbub.chat.events import Message, Ok, Room, Welcome
from hubbub.chat.events.channels import About
from hubbub.chat.heard import READ, Heard, Introduction
from hubbub.testing import LocalServer
from hubbub.wire.irc.dialect import IrcDialect
from tests.inputs.steps import Steps
from tests.irc.irc_client import IrcClient
from tests.irc.still import Still
from tests.server.event_peer import EventPeer

CAPS = "message-tags server-time echo-message labeled-response batch draft/chathistory"
BYTES_MAX = 1800
CLIENTS = 300


STILL = Still()


def come(number: int) -> IrcDialect:
    """Return the dialect of a client that is welcomed and in the lobby."""
    dialect = IrcDialect(STILL, lambda: 0)
    dialect.reached_at("http://127.0.0.1:1234")
    nick = f"ann{number}"
    said = f"CAP REQ :{CAPS}\nNICK {nick}\nUSER a 0 * :a\nCAP END\nJOIN #lobby\n"
    answered(dialect, dialect.receive(said.encode()), nick)
    assert dialect.opening.rooms == {"lobby"}
    return dialect


def answered(dialect: IrcDialect, heard: Iterator[Heard], nick: str) -> None:
    """Have a chatroom answer what a client asks of it."""
    tell = dialect.opening.encode
    for one in heard:
        if isinstance(one, Introduction):
            kind = Welcome(
                *(1, "hubbub", nick, "s" * 22, False, {"text_bytes_max": 1}, []), ref=one.ref
            )
            tell(kind)
        elif isinstance(one, c.Join | c.Enter):
            tell(About(room=one.room, topic=""))
            tell(Room(room=one.room, topic="", members=[], last=1, first=1, gap=False, ref=one.ref))
        elif isinstance(one, c.Command) and one.ref is not None:
            tell(Ok(ref=one.ref, seq=2))


def test_an_idle_client_takes_little_memory() -> None:
    kept = [come(number) for number in range(10)]
    tracemalloc.start()
    try:
        kept += [come(number) for number in range(10, 10 + CLIENTS)]
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / CLIENTS < BYTES_MAX


def test_nothing_that_was_asked_stays_remembered() -> None:
    dialect = come(1)
    lines = (
        *("MODE #lobby +z", "MODE #lobby +o", "CHATHISTORY LATEST #lobby x", "CHATHISTORY BEFORE"),
        *("PRIVMSG #lobby :\x01VERSION\x01", "@+typing=active TAGMSG #lobby", "TAGMSG #lobby"),
        *("PRIVMSG #lobby :hello", "JOIN #lobby", "NICK ann1", "MODE #lobby +b *!*@*", "TOPIC #x"),
    )
    for line in lines:
        answered(dialect, dialect.receive(f"{line}\r\n".encode()), "ann1")
        assert dialect.opening.asking._open is None, line


def test_a_line_with_nothing_in_it_is_counted() -> None:
    assert [*come(1).receive(b"\n\r\n \n")] == [READ] * 3


def test_every_label_has_one_answer(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS, rooms="#lobby")
    lines = (
        *("PRIVMSG #lobby :\x01VERSION\x01", "PRIVMSG #lobby :hello", "PRIVMSG #lobby,#lobby :two"),
        *("@+typing=active TAGMSG #lobby", "TAGMSG #lobby", "TAGMSG nobody", "PRIVMSG nobody :hi"),
        *("JOIN #lobby", "JOIN #one,#two", "PART #one,#two", "JOIN #a:b", "NICK ann", "NICK bob"),
        *("MODE #lobby +z", "MODE bob", "TOPIC #lobby", "NAMES #nowhere", "NAMES", "LIST", "AWAY"),
        *("PRIVMSG NickServ :help", "CHATHISTORY LATEST #lobby * 5", "CHATHISTORY X #lobby", "X"),
        *("WHO #lobby", "WHOIS bob", "LUSERS", "HELP", "REDACT #lobby x", "KICK #lobby z"),
    )
    for number, line in enumerate(lines):
        tags, _, rest = line.partition(" ") if line.startswith("@") else ("@", "", line)
        label = f"label=l{number}"
        ann.ask(f"{tags};{label} {rest}" if tags != "@" else f"@{label} {rest}")
    heard = [line.tags["label"] for line in ann.drain() if "label" in line.tags]
    assert sorted(heard) == sorted(f"l{number}" for number in range(len(lines)))


def test_no_line_is_longer_than_may_be(hubbub_server: LocalServer) -> None:
    old = IrcClient.named(hubbub_server.address, "語" * 32, rooms="#" + "語" * 64)
    with EventPeer(hubbub_server, "名" * 32, room="語" * 64) as page:
        page.tell(type="say", room="語" * 64, text="語" * 1000)
        page.tell(type="say", room="語" * 64, text="x" * 1000, me=True)
        page.ask(type="topic", room="語" * 64, text="語" * 300)
        page.ask(type="away", text="語" * 300)
    old.until("TOPIC")
    new = IrcClient.named(hubbub_server.address, "new", rooms="#" + "語" * 64)
    new.ask("LIST", "WHO #" + "語" * 64, "PING " + "x" * 500, "PRIVMSG #lobby :" + "y" * 490)
    words = "".join(line.params[-1] for line in new.drain() if line.command == "PRIVMSG")
    assert words.count("語") == 1000
    assert words.count("x") == 1000


def test_a_text_full_of_marks_takes_about_as_long_to_tell_as_one_of_words() -> None:
    steps = Steps()

    def told(text: str) -> int:
        voice = come(1).opening
        message = Message(room="lobby", seq=5, prev=4, sender="eve", at=0, text=text)
        return steps.of(lambda: voice.encode(message, "ann1"))

    with steps.installed():
        told("some *words*")  # what reads marks is loaded with the first of them
        plain = told("word " * 13_000)
        for text in ("*a* " * 16_000, "`a` " * 16_000, "**a** _b_ ~~c~~ " * 4_000):
            assert told(text) < 3 * plain
        few = told("some *words* " * 80)
        assert few < 60 * plain, "those that people write are read"
