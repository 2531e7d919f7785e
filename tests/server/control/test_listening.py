"""The control socket: whoever may use the server's folder runs the server, without a password."""

import asyncio
import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.chat.commands import History
from hubbub.chat.events import Page
from hubbub.chat.limits import Limits
from hubbub.cli.console import console
from hubbub.server.config import Config, ServerSection
from hubbub.server.control.place import LINE_BYTES_MAX
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.server.conftest import Connect, Meet
from tests.server.control.asking import Line, ask
from tests.server.event_peer import JSON, EventPeer


def configured(folder: Path, password: str = "") -> Config:
    section = ServerSection(listen="127.0.0.1:0", data=str(folder), password=password)
    return Config(server=section, limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    with serving(configured(tmp_path)) as running:
        yield running


def known(server: LocalServer, meet: Meet, name: str) -> EventPeer:
    """Return somebody who is known; the first of them is an operator."""
    peer = meet(server, name, room=None)
    peer.ask(type="identify", device=name.ljust(22, "x"))
    peer.ask(type="join", room="lobby")
    return peer


def audit(folder: Path) -> list[str]:
    return [one["text"] for one in ask(folder, type="history", room="$audit")["messages"]]


def test_its_owner_alone_may_open_it(server: LocalServer, tmp_path: Path) -> None:
    mode = (tmp_path / "control").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_it_is_gone_when_the_server_is(tmp_path: Path) -> None:
    with serving(configured(tmp_path)):
        assert (tmp_path / "control").exists()
    assert not (tmp_path / "control").exists()


def test_one_that_a_killed_server_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "control").write_text("left")
    with serving(configured(tmp_path)):
        assert ask(tmp_path, type="people", ref="1") == {"type": "people", "people": [], "ref": "1"}


def test_status_says_how_the_server_does(
    server: LocalServer, tmp_path: Path, meet: Meet, connect: Connect
) -> None:
    ann, _ = meet(server, "ann"), connect(server, "bob")
    ann.say_and_wait("hello")
    status = ask(tmp_path, type="status")
    assert status["address"] == server.address
    assert status["server"].startswith("hubbub ")
    assert (status["people"], status["sessions"], status["rooms"]) == (2, 2, 1)
    assert status["last"] == 1
    assert status["log_bytes"] > 0
    assert status["started"] <= status["at"]
    assert "complaints" not in status
    assert "locked" not in status
    assert ask(tmp_path, type="door", locked=True)["type"] == "ok"
    assert ask(tmp_path, type="status")["locked"] is True


def test_an_answer_is_as_long_as_it_is_and_our_own_commands_read_it(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    ann = meet(server, "ann")
    for _ in range(20):
        ann.say_and_wait('"' * 60_000)
    with Line(tmp_path) as line:
        raw = json.dumps({"type": "history", "room": "lobby"}).encode() + b"\n"
        line.sock.sendall(raw)
        answer = line.line()
    assert len(answer) > LINE_BYTES_MAX

    async def read() -> int:
        async with console(tmp_path) as power:
            return len((await power._ask(History(room="lobby"), Page)).messages)

    assert asyncio.run(read()) == len(json.loads(answer)["messages"]) > 10


def test_people_are_everybody_who_is_here(
    server: LocalServer, tmp_path: Path, meet: Meet, connect: Connect
) -> None:
    olga, _ = known(server, meet, "olga"), connect(server, "bob")
    again = meet(server, "somebody", room=None)
    again.ask(type="identify", device="olga".ljust(22, "x"))
    olga.ask(type="away", text="soup")
    found = {one["name"]: one for one in ask(tmp_path, type="people")["people"]}
    assert found["bob"] == {"name": "bob", "kind": "passing", "sessions": 1, "rooms": 1}
    assert found["olga"].pop("person")
    assert found["olga"] == {
        "name": "olga",
        "kind": "guest",
        "role": "operator",
        "sessions": 2,
        "rooms": 1,
        "away": True,
    }


def test_sessions_say_from_where_by_what_and_how_far_behind(
    server: LocalServer, tmp_path: Path, meet: Meet, connect: Connect
) -> None:
    ann, _ = meet(server, "ann"), connect(server, "bob")
    ann.ask(type="identify", device="a" * 22, label="kitchen")
    first, second = ask(tmp_path, type="sessions")["sessions"]
    assert (first["name"], first["by"], first["label"]) == ("ann", "events", "kitchen")
    assert (second["name"], second["by"], second["address"]) == ("bob", "plain", "127.0.0.1")
    assert first["id"] != second["id"]
    assert first["since"] <= first["heard"]
    assert [one["name"] for one in ask(tmp_path, type="sessions", name="BOB")["sessions"]] == [
        "bob"
    ]
    assert ask(tmp_path, type="sessions", name="eve")["code"] == "not_here"


def test_somebody_who_does_not_read_is_seen_to_be_behind(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    ann, bob = meet(server, "ann"), meet(server, "bob")
    lagging: JSON = {}
    for _ in range(2000):  # until the system takes no more for bob
        ann.tell(type="say", room="lobby", text="x" * 50_000)
        if ann.ask(type="ping")["type"] == "ok":
            (lagging,) = ask(tmp_path, type="sessions", name="bob")["sessions"]
        if "behind" in lagging:
            break
    assert lagging["lagging"] == 1
    assert lagging["unsent"] > 0
    bob.sock.close()


def test_acts_of_power_need_no_seat_and_are_written_down(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    eve = meet(server, "eve")
    assert ask(tmp_path, type="kick", name="eve", reason="too loud", ref="k") == {
        "type": "ok",
        "ref": "k",
    } | {"seq": 1}
    assert "too loud" in eve.next("bye")["reason"]
    assert ask(tmp_path, type="ban", who="eve*")["type"] == "ok"
    assert [one["whom"] for one in ask(tmp_path, type="bans")["bans"]] == ["eve", "eve*"]
    assert ask(tmp_path, type="unban", who="eve*")["type"] == "ok"
    written = audit(tmp_path)
    assert len(written) == 3
    assert all("on the server's machine" in text for text in written)


def test_it_has_power_over_operators_too(server: LocalServer, tmp_path: Path, meet: Meet) -> None:
    olga, ben = known(server, meet, "olga"), known(server, meet, "ben")
    last = ask(tmp_path, type="appoint", name="olga", role="none")
    assert last["message"].startswith("'olga' is the only operator.")
    assert ask(tmp_path, type="appoint", name="ben", role="operator")["type"] == "ok"
    refused = ben.ask(type="kick", name="olga")["message"]
    assert "whoever has the server's machine" in refused
    assert ask(tmp_path, type="appoint", name="olga", role="none")["type"] == "ok"
    assert olga.next("role", role="guest")
    assert ask(tmp_path, type="kick", name="ben")["type"] == "ok"
    assert ben.next("bye")


def test_a_private_room_stays_closed_to_it(server: LocalServer, tmp_path: Path, meet: Meet) -> None:
    known(server, meet, "olga")
    ann = known(server, meet, "ann")
    ann.ask(type="join", room="plans")
    ann.say_and_wait("secret", room="plans")
    assert ann.ask(type="rules", room="plans", private=True)["type"] == "ok"
    assert ask(tmp_path, type="history", room="plans")["code"] == "forbidden"
    assert ask(tmp_path, type="delete_room", room="plans")["code"] == "forbidden"
    assert [one["room"] for one in ask(tmp_path, type="rooms")["rooms"]] == ["lobby"]


def test_it_makes_no_room_private_in_which_nobody_is(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    ann = meet(server, "ann")
    ann.ask(type="join", room="plans")
    ann.say_and_wait("hello", room="plans")
    assert ask(tmp_path, type="rules", room="plans", private=True)["code"] == "forbidden"
    assert ask(tmp_path, type="rules", room="plans", locked=True)["type"] == "ok"


def test_a_password_keeps_it_out_of_nothing(tmp_path: Path, connect: Connect) -> None:
    with serving(configured(tmp_path, password="mika")):
        assert ask(tmp_path, type="status")["type"] == "status"


def test_secrets_that_are_given_out_count(server: LocalServer, tmp_path: Path, meet: Meet) -> None:
    made = ask(tmp_path, type="token", name="ci", scopes=["read"])
    assert made["about"]["by"] == "hubbub"
    ci = meet(server, "somebody", room=None)
    assert ci.ask(type="identify", device=made["token"])["name"] == "ci"
    assert ask(tmp_path, type="revoke_token", token=made["about"]["id"])["type"] == "ok"
    assert ask(tmp_path, type="tokens")["tokens"] == []
    invitation = ask(tmp_path, type="invite", uses=1)
    assert invitation["about"]["by"] == "hubbub"
    assert len(ask(tmp_path, type="invitations")["invitations"]) == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"what\n", "must be one JSON object"),
        (b'{"type":"sya"}\n', "There is no command 'sya'"),
        (b'{"type":"say","room":"lobby","text":"hi"}\n', "'say' is for those who are in"),
        (b'{"type":"kick"}\n', "`name`"),
        (b'{"type":"kick","name":"eve","ref":"1"}\n', "Nobody called 'eve' is here."),
        (b"\xff\xfe\n", "must be one JSON object"),
    ],
)
def test_what_is_wrong_is_said_and_the_next_command_is_answered(
    server: LocalServer, tmp_path: Path, raw: bytes, said: str
) -> None:
    with Line(tmp_path) as line:
        refused = line.answer(raw)
        assert (refused["type"], said in refused["message"]) == ("error", True)
        assert line.ask(type="status")["type"] == "status"


def test_a_line_that_never_ends_is_refused(server: LocalServer, tmp_path: Path) -> None:
    with Line(tmp_path) as line:
        for size in (LINE_BYTES_MAX + 1, 5 * LINE_BYTES_MAX):
            assert line.answer(b"x" * size + b"\n")["code"] == "too_long"
        assert line.ask(type="status")["type"] == "status"


def test_the_last_line_needs_no_end(server: LocalServer, tmp_path: Path) -> None:
    with Line(tmp_path) as line:
        line.sock.sendall(b'{"type":"people"}')
        line.sock.shutdown(socket.SHUT_WR)
        assert b'"people":[]' in line.rest()


def test_many_who_are_silent_keep_nobody_out_for_good(server: LocalServer, tmp_path: Path) -> None:
    silent = [Line(tmp_path) for _ in range(40)]
    for one in silent:
        one.__exit__()
    answer: JSON = {}
    for _ in range(1000):
        with Line(tmp_path) as line:
            try:
                answer = line.ask(type="people")
                break
            except (OSError, ValueError):
                continue  # those who left are still being let go of
    assert answer["type"] == "people"


def test_where_a_path_is_too_long_for_a_socket_a_secret_in_a_file_does_it(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    with serving(configured(folder)):
        path = folder / "control"
        assert stat.S_ISREG(path.stat().st_mode)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_a_bot_does_not_come_to_run_it_by_being_first(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    made = ask(tmp_path, type="token", name="ci", scopes=["read", "admin"])
    ci = meet(server, "somebody", room=None)
    assert "role" not in ci.ask(type="identify", device=made["token"])["person"]
    assert ci.ask(type="status")["code"] == "forbidden"
    assert known(server, meet, "olga").ask(type="status")["type"] == "status"
