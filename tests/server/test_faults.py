"""A fault of ours ends what it happened in and is told once; everybody else goes on.

Faults are put into each kind of place of a server that runs: once, or for as long as a test wants.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hubbub import background
from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Entry, Message
from hubbub.faults import faults
from hubbub.hub.delivery import Delivery
from hubbub.hub.people import leaving
from hubbub.hub.present.room import Room
from hubbub.log.memory import MemoryLog
from hubbub.log.sqlite import index
from hubbub.server.keeping import Keeping
from hubbub.server.listener import Listener
from hubbub.server.sessions.chatroom import Chatroom
from hubbub.server.sessions.connection import Connection
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.testing import LocalServer, serving
from hubbub.wire.framed import EVENTS
from tests.cli.commands import PATIENCE_SECONDS, end_all, started
from tests.server.conftest import Connect, Meet, Serve
from tests.server.control.asking import ask
from tests.server.http.test_metrics import figures


class Fault:
    """Stands in the place of a function: fails so often, and then does what that does."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        owner: object,
        name: str,
        *,
        times: float = 1,
        only: Callable[..., bool] = lambda *_: True,
    ) -> None:
        really = getattr(owner, name)
        self.times = times
        self.met = 0
        """How often it was called since it has failed, or is to."""

        def faulty(*args: Any, **options: Any) -> Any:
            if not only(*args):
                return really(*args, **options)
            self.met += 1
            if self.met <= self.times:
                raise RuntimeError("a fault")
            return really(*args, **options)

        monkeypatch.setattr(owner, name, faulty)


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what the journal says of faults."""
    return lambda: [one.getMessage() for one in caplog.records if one.name == "hubbub.faults"]


Told = Callable[[], list[str]]

A_SESSION = "a session failed"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE_SECONDS_MIN", 0.01)
    monkeypatch.setattr(background, "PAUSE_SECONDS_MAX", 0.05)


# Background work.


@pytest.mark.parametrize(
    ("owner", "name", "said"),
    [
        (Keeping, "look", "background work failed, and begins again"),
        (Chatroom, "_end_idle", "a part of what is done each second failed"),
        (Deadlines, "sweep", "a part of what is done each second failed"),
    ],
)
@pytest.mark.parametrize("times", [1, 3])
def test_background_work_goes_on_after_a_fault(
    owner: type, name: str, said: str, times: int, *, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr("hubbub.server.sessions.chatroom.SWEEP_SECONDS", 0.02)
    monkeypatch.setattr("hubbub.server.listener.SWEEP_SECONDS", 1000.0)
    fault = Fault(monkeypatch, owner, name, times=times)
    with serving() as server:
        until(lambda: fault.met > times)
        (count,) = (
            value for key, value in figures(server).items() if key.startswith("hubbub_faults_total")
        )
        assert count == times
    assert told() == [said] * (1 if times == 1 else 2)  # of three, the first and the second


def test_connections_are_looked_after_once_a_fault_has_passed(
    monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr("hubbub.server.listener.SWEEP_SECONDS", 0.02)
    fault = Fault(monkeypatch, Listener, "sweep")
    with serving():
        until(lambda: fault.met > 1)
    assert told() == ["background work failed, and begins again"]


def test_the_search_index_is_filled_once_a_fault_has_passed(
    serve: Serve, meet: Meet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    monkeypatch.setattr(background, "SOUND_SECONDS", 1.0)
    fault = Fault(monkeypatch, index, "read_portion", times=float("inf"))
    with serve() as server:
        ann = meet(server, "ann")
        assert ann.say_and_wait("needle") == 1, "people talk meanwhile"
        until(lambda: fault.met > 1)
        until(lambda: "hubbub_failing/filling the search index" in figures(server))
        status = ask(tmp_path, type="status")
        assert status["failing"] == ["filling the search index"]
        assert status["faults"] >= 2
        fault.times = 0
        until(lambda: ann.ask(type="search", query="needle")["messages"])
        until(lambda: "failing" not in ask(tmp_path, type="status"))
    assert told()[0] == "background work failed, and begins again"
    assert len(told()) <= fault.met.bit_length(), "each time that there were twice as many"


# Sessions and rooms.


def test_a_fault_in_the_write_to_one_member_ends_that_session_alone(
    meet: Meet, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    with serving() as server:
        ann, eve, bob = (meet(server, name) for name in ("ann", "eve", "bob"))

        def is_eves(connection: Connection, payload: bytes) -> bool:
            session = connection.conversation.session
            return session is not None and session.name == "eve" and b"to all" in payload

        Fault(monkeypatch, Connection, "write", only=is_eves)
        assert ann.say_and_wait("to all") == 1
        assert eve.next("error")["code"] == "server_fault"
        assert eve.rest() == b""
        assert bob.say_and_wait("and on") == 2
        assert [one["text"] for one in ann.messages(2)] == ["to all", "and on"]
        assert told() == [A_SESSION]
        back = meet(server, "eva")
        read = back.ask(type="history", room="lobby")["messages"]
        assert [one["text"] for one in read] == ["to all", "and on"]


def test_a_fault_in_moving_a_room_on_ends_the_sessions_there_and_the_room_goes_on(
    meet: Meet, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    with serving() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob", room="dev")
        Fault(
            monkeypatch,
            Room,
            "advance",
            only=lambda _, events: events[0].room == "dev" and isinstance(events[0], Message),
        )
        bob.tell(type="say", room="dev", text="one", ref="r", nonce="n")
        assert bob.next("error")["code"] == "server_fault"
        assert ann.say_and_wait("still here") == 2
        back, cat = meet(server, "ben", room="dev"), meet(server, "cat", room="dev")
        assert back.say_and_wait("one", room="dev", nonce="another") == 3
        assert [cat.next("message")["text"]] == ["one"]
        read = back.ask(type="history", room="dev")["messages"]
        assert [one["seq"] for one in read] == [1, 3]
    assert told() == [A_SESSION]


def test_a_fault_in_a_format_ends_the_sessions_that_have_it_and_no_other(
    meet: Meet, connect: Connect, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    with serving() as server:
        ann, bob = meet(server, "ann"), connect(server, "bob")
        until(lambda: "bob" in str(ann.ask(type="members", room="lobby")))
        fault = Fault(
            monkeypatch,
            type(EVENTS),
            "encode",
            only=lambda format_, event, *_: format_ is EVENTS and isinstance(event, Message),
        )
        ann.tell(type="say", room="lobby", text="odd", ref="r")
        assert bob.pair() == ("ann", "odd")
        assert ann.next("error")["code"] == "server_fault"
        assert fault.met == 1
        assert meet(server, "amy").say_and_wait("even") == 2
        assert bob.pair() == ("amy", "even")
    assert told() == [A_SESSION]


def test_a_fault_in_leaving_keeps_nobody_else_from_anything(
    meet: Meet, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    with serving() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        fault = Fault(
            monkeypatch,
            leaving,
            "depart",
            times=float("inf"),
            only=lambda _, session, *__: session.name == "eve",
        )
        meet(server, "eve").sock.close()
        until(lambda: fault.met)
        assert ann.say_and_wait("still here") == 1
        assert bob.messages(1)[0]["text"] == "still here"
        until(lambda: figures(server)["hubbub_connections"] == 2)
    assert told()[:1] == [A_SESSION]


class FaultyLog(MemoryLog):
    """Cannot store what is `weird`."""

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        if any(isinstance(draft, Message) and draft.text == "weird" for draft in drafts):
            raise RuntimeError("a fault")
        return await super().append(drafts)


def test_what_a_fault_keeps_from_being_stored_is_refused_and_nothing_else_is(
    meet: Meet, told: Told
) -> None:
    with serving(log=FaultyLog()) as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        refused = ann.ask(type="say", room="lobby", text="weird", nonce="1")
        assert refused["code"] == "damaged"
        assert ann.say_and_wait("not weird", nonce="2") == 1
        assert bob.say_and_wait("mine") == 2
    assert told() == ["what was said cannot be stored"]


def test_a_connection_that_cannot_be_ended_in_order_is_cut(
    meet: Meet, connect: Connect, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    with serving() as server:
        ann = meet(server, "ann")
        eve = connect(server, "eve")
        until(lambda: "eve" in str(ann.ask(type="members", room="lobby")))

        def is_eves(connection: Connection, *_: object) -> bool:
            session = connection.conversation.session
            return session is not None and session.name == "eve"

        Fault(monkeypatch, Connection, "_follow", times=float("inf"), only=is_eves)
        eve.say("hello")
        eve.rest()
        assert ann.say_and_wait("still here") > 0
    assert "a session cannot be ended in order" in told()


# What nothing goes on without.


def test_a_fault_in_what_holds_for_all_ends_the_server_with_a_sentence(
    meet: Meet, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    def end() -> None:
        with serving() as server:
            ann = meet(server, "ann")
            ann.ask(type="identify", device="d" * 30)
            Fault(monkeypatch, Delivery, "_take")
            ann.tell(type="register", password="a password of ann's")
            ann.rest()

    with pytest.raises(HubbubError, match="cannot go on") as ended:
        end()
    assert isinstance(ended.value.__cause__, RuntimeError)
    assert told() == ["the server ends: it cannot go on without what failed"]


FAULTY = """
import hubbub.cli
from hubbub.server.sessions.commits import Commits

async def faulty(commits):
    raise RuntimeError("a fault")

Commits.run = faulty
hubbub.cli.main()
"""


def test_a_program_that_cannot_go_on_ends_so_that_it_is_started_again(tmp_path: Path) -> None:
    program = tmp_path / "faulty.py"
    program.write_text(FAULTY)
    options = ("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"))
    process = started("serve", *options, program=str(program))
    try:
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        end_all()
    assert process.returncode == 1
    *_, journal, said = errors.decode().splitlines()
    assert "RuntimeError at faulty.py" in journal
    assert said.startswith("hubbub: The server has a fault and cannot go on.")


def test_a_fault_in_a_callback_is_counted(
    hubbub_server: LocalServer, meet: Meet, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    ann = meet(hubbub_server, "ann")
    fault = Fault(monkeypatch, Connection, "eof_received")
    meet(hubbub_server, "eve").sock.shutdown(1)
    until(lambda: fault.met)
    until(lambda: faults.counts)
    assert ann.say_and_wait("still here") == 1
    assert told() == ["a callback failed"]
