"""Accounts at a real server, with real hashes."""

from pathlib import Path

import pytest

from hubbub.chat.access import Access
from hubbub.server.config import Config, ServerSection
from hubbub.server.credentials import hashing
from hubbub.server.sessions import guesses
from hubbub.testing import LocalServer, serving
from tests.server.conftest import Serve
from tests.server.event_peer import EventPeer

PASSWORD = "four words of mine"
OF_ANN = "a" * 22


def claim(server: LocalServer, name: str = "ann", device: str = OF_ANN) -> str:
    """Claim a name; return the person's id."""
    with EventPeer(server, name, room=None) as peer:
        peer.ask(type="identify", device=device)
        person = peer.ask(type="register", password=PASSWORD)["person"]
        assert person["kind"] == "member"
        return str(person["id"])


def log_in(server: LocalServer, name: str, password: str) -> str:
    """Return the code of the refusal, or the id of the person."""
    with EventPeer(server, "somebody", room=None) as peer:
        answer = peer.ask(type="login", name=name, password=password)
        return str(answer["code"] if answer["type"] == "error" else answer["person"]["id"])


def test_a_member_is_the_same_after_a_restart(serve: Serve) -> None:
    with serve() as server:
        id_ = claim(server)
        assert log_in(server, "ann", PASSWORD) == id_
    with serve() as server:
        assert log_in(server, "Ann", PASSWORD) == id_
        assert log_in(server, "ann", "another") == "wrong_login"


def test_whoever_guesses_keeps_nobody_out(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "LATER_SECONDS", 0.1)
    monkeypatch.setattr(guesses, "OF_ACCOUNT", guesses._Budget(3, 0.001))
    id_ = claim(hubbub_server)
    codes = [log_in(hubbub_server, "ann", f"guess {number}") for number in range(12)]
    assert codes == ["wrong_login"] * 10 + ["slow_down"] * 2
    assert log_in(hubbub_server, "ann", PASSWORD) == id_
    assert log_in(hubbub_server, "nobody", PASSWORD) == "slow_down"


def test_no_secret_stands_in_the_log(serve: Serve, tmp_path: Path) -> None:
    with serve() as server:
        claim(server)
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in held
    assert OF_ANN.encode() not in held
    assert f"$argon2id$v=19$m={hashing.MEMORY_KIB}".encode() in held


def test_a_held_session_that_gives_a_wrong_password_is_told_so_and_counted(
    hubbub_server: LocalServer,
) -> None:
    claim(hubbub_server)
    codes = []
    for number in range(11):
        with EventPeer(hubbub_server, "ann", room=None) as peer:
            assert peer.welcome["held"]
            codes.append(peer.ask(type="login", name="ann", password=f"guess {number}")["code"])
            assert peer.rest() == b""
    assert codes == ["wrong_login"] * 10 + ["slow_down"]
    with EventPeer(hubbub_server, "ann", room=None) as peer:
        assert peer.ask(type="login", name="ann", password=PASSWORD)["name"] == "ann"


def test_a_device_is_linked_logged_out_and_revoked(hubbub_server: LocalServer) -> None:
    claim(hubbub_server)
    with EventPeer(hubbub_server, "ann", room=None) as laptop:
        laptop.ask(type="identify", device=OF_ANN)
        code = laptop.ask(type="code")["code"]
        for ending in ("logout", "revoke"):
            with EventPeer(hubbub_server, "phone", room=None) as phone:
                phone.tell(type="link", code=code.lower(), device="p" * 22, label="phone", ref="l")
                assert laptop.next("linking")["label"] == "phone"
                laptop.ask(type="confirm", code=code)
                assert phone.next("welcome", ref="l")["name"] == "ann"
                code = laptop.ask(type="code")["code"]
                if ending == "logout":
                    assert phone.ask(type="logout")["type"] == "ok"
                else:
                    (_, device) = laptop.ask(type="devices")["devices"]
                    assert laptop.ask(type="revoke", device=device["id"])["type"] == "ok"
                assert phone.next("bye")["code"] == "logged_out"
                assert phone.rest() == b""
        assert len(laptop.ask(type="devices")["devices"]) == 1
        assert laptop.ask(type="ping")["type"] == "ok"


def test_an_invitation_lets_in_at_a_server_with_a_password() -> None:
    section = ServerSection(listen="127.0.0.1:0", password="rolu-mika")
    with serving(Config(server=section)) as server:
        with EventPeer(server, "olga", room=None) as olga:
            olga.ask(type="unlock", password="rolu-mika")
            olga.ask(type="identify", device="o" * 22)
            secret = olga.ask(type="invite", uses=1, rooms=["dev"])["invitation"]
        for invitation, code in (("x" * 22, "wrong_invitation"), ("", "password_needed")):
            with EventPeer(server, "ben", room=None) as ben:
                assert ben.welcome["locked"]
                answer = ben.ask(type="identify", device="b" * 22, invitation=invitation)
                assert answer["code"] == code
                assert ben.rest() == b""
        for invitation, rooms in ((secret, ["dev"]), ("", None)):
            with EventPeer(server, "ben", room=None) as ben:
                answer = ben.ask(type="identify", device="b" * 22, invitation=invitation)
                assert (answer["name"], answer.get("rooms")) == ("ben", rooms)
                assert ben.ask(type="join", room="dev")["type"] == "room"


def test_an_invitation_that_counts_for_nothing_is_told_where_only_the_invited_are_let_in() -> None:
    section = ServerSection(listen="127.0.0.1:0")
    with serving(
        Config(server=section, access=Access(enter="invitation", passing=False))
    ) as server:
        with EventPeer(server, "olga", room=None) as olga:
            olga.ask(type="identify", device="o" * 22)
            secret = olga.ask(type="invite")["invitation"]
        for invitation, code in (("x" * 22, "wrong_invitation"), ("", "not_admitted")):
            with EventPeer(server, "ben", room=None) as ben:
                answer = ben.ask(type="identify", device="b" * 22, invitation=invitation)
                assert answer["code"] == code
        with EventPeer(server, "ben", room=None) as ben:
            answer = ben.ask(type="identify", device="b" * 22, invitation=secret)
            assert answer["person"]["kind"] == "guest"
