"""Proving the password inside TLS, as docs/protocol.md describes it in section 11."""

import gc
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from hubbub.hub.cost import PROOF
from hubbub.server.fairness.turns import TURN_UNITS
from hubbub.server.protection import TlsCounts
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.partings import AT_ONCE, Partings
from hubbub.server.tls import proving
from hubbub.server.tls.proving import ProvingSide
from hubbub.testing import LocalServer
from hubbub.tls.engine import Engine
from hubbub.tls.pake import METHOD, Proving
from tests.interop.raw import RawPeer, frame
from tests.server.tls.peers import TlsPeer, protected
from tests.server.transports import FakeTransport
from tests.server.turning import Room
from tests.tls.pairs import Pair, pair_in

PASSWORD = "rotu-mika-tedo"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(pair: Pair) -> Iterator[LocalServer]:
    with protected(pair, PASSWORD) as server:
        yield server


class Prover(TlsPeer):
    """A peer that proves."""

    def line(self, **said: object) -> Any:
        """Say a line, and return the answer."""
        self.send(json.dumps(said).encode() + b"\n")
        return self.answer()

    def answer(self) -> Any:
        """Return the next line."""
        line = b""
        while not line.endswith(b"\n"):
            line += self.exactly(1)
        return json.loads(line)

    def confirm_by(self, line: bytes, fingerprint: str) -> Any:
        """Say an element, and then this line; return the answer to it."""
        element = b64encode(Proving(b"", fingerprint, is_server=False).element).decode()
        assert self.line(type="prove", element=element)["type"] == "proof"
        self.send(line + b"\n")
        return self.answer()

    def prove(self, password: str, fingerprint: str) -> Any:
        """Go all the way; return the last answer."""
        proving = Proving(password.encode(), fingerprint, is_server=False)
        element = b64encode(proving.element).decode()
        answer = self.line(type="prove", method=METHOD, element=element)
        assert answer["type"] == "proof"
        proving.meet(b64decode(answer["element"]))
        confirmation = b64encode(proving.confirmation).decode()
        answer = self.line(type="prove", confirmation=confirmation)
        if answer["type"] == "proof":
            assert proving.is_confirmed(b64decode(answer["confirmation"]))
        return answer


def test_whoever_proves_the_password_need_not_give_it(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        assert ann.prove(PASSWORD, pair.fingerprint)["type"] == "proof"
        ann.send(frame("ann").replace(b"3 ", b"+3", 1))
        welcome = json.loads(ann.exactly(int(ann.exactly(10))))
        assert welcome["type"] == "welcome"
        assert not welcome.get("locked")
        assert welcome["session"]


def test_classic_clients_get_in_by_it_as_well(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        ann.prove(PASSWORD, pair.fingerprint)
        ann.say("ann")
        assert "ann" in ann.who()


def test_http_behind_it_needs_no_password(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        ann.prove(PASSWORD, pair.fingerprint)
        ann.send(b"GET /api/rooms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert ann.rest().startswith(b"HTTP/1.1 200 ")


def test_http_behind_it_looks_at_tokens_all_the_same(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        ann.prove(PASSWORD, pair.fingerprint)
        token = f"Authorization: Bearer hb_{'x' * 22}".encode()
        head = b"GET /api/rooms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        ann.send(head + token + b"\r\n\r\n")
        answer = ann.rest()
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"wrong_token" in answer


def test_a_wrong_password_is_refused_and_told(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        answer = ann.prove("another", pair.fingerprint)
        assert answer["type"] == "error"
        assert answer["code"] == "wrong_password"
        assert ann.rest() == b""


def test_another_certificate_in_mind_is_refused(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        assert ann.prove(PASSWORD, "ab" * 32)["code"] == "wrong_password"


def test_guesses_are_counted_like_guesses_of_the_password(server: LocalServer, pair: Pair) -> None:
    codes = set()
    for _ in range(12):
        with Prover(server, pair) as ann:
            codes.add(ann.prove("another", pair.fingerprint)["code"])
    assert codes == {"wrong_password", "slow_down"}
    with Prover(server, pair) as ann:
        assert ann.prove(PASSWORD, pair.fingerprint)["type"] == "proof", "the right one never waits"


@pytest.mark.parametrize(
    "line",
    [
        b"{}\n",
        b"{not json}\n",
        b'{"type":"prove","method":"another","element":"AAAA"}\n',
        b'{"type":"prove","element":"!"}\n',
        b'{"type":"prove","element":""}\n',
        '{"type":"prove","element":"é"}\n'.encode(),
        b'{"type":"prove","confirmation":"AAAA"}\n',
        b'{"type":"prove","element":"' + b64encode(b"A" + bytes(32)) + b'"}\n',
        b'{"type":"prove","element":"' + b64encode(b"B" + b"\x01" * 32) + b'"}\n',
        b"{" + b"x" * 5000,
        b'{"type":"pr\xff"}\n',
        b'{"type":"prove","a":' + b"[" * 1003 + b"\n",
    ],
)
def test_what_is_no_proof_is_refused_with_a_sentence(
    server: LocalServer, pair: Pair, line: bytes
) -> None:
    with Prover(server, pair) as ann:
        ann.send(line)
        answer = ann.answer()
        assert (answer["type"], answer["code"]) == ("error", "bad_command")
        assert "section 11" in answer["message"]
        assert ann.rest() == b""


NO_CONFIRMATIONS = [
    b"{}",
    b"{not json}",
    b'{"type":"prove"}',
    b'{"type":"prove","confirmation":"!"}',
    b'{"type":"prove","confirmation":"AAAA"}',
    b'{"type":"prove","confirmation":"' + b64encode(bytes(33)) + b'"}',
    b'{"type":"prove","method":"another","confirmation":"' + b64encode(bytes(32)) + b'"}',
]


def test_what_is_no_confirmation_is_refused_and_is_no_guess(
    server: LocalServer, pair: Pair
) -> None:
    for line in NO_CONFIRMATIONS * 2:  # of guesses, too many to be told at once
        with Prover(server, pair) as ann:
            answer = ann.confirm_by(line, pair.fingerprint)
            assert (answer["type"], answer["code"]) == ("error", "bad_command")
            assert ann.rest() == b""
    with Prover(server, pair) as ann:
        assert ann.prove("another", pair.fingerprint)["code"] == "wrong_password"


def test_nothing_is_kept_of_those_whose_lines_were_refused(server: LocalServer, pair: Pair) -> None:
    for line in NO_CONFIRMATIONS:
        with Prover(server, pair) as ann:
            assert ann.confirm_by(line, pair.fingerprint)["code"] == "bad_command"
            assert ann.rest() == b""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(type(one) is ProvingSide for one in gc.get_objects()):
        assert time.monotonic() < deadline, "what refused them keeps their connections"
        gc.collect()


def test_what_comes_too_early_is_refused_once(
    server: LocalServer, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """Two records in one piece: both are read before the first one is answered."""
    with RawPeer(server.host, server.port) as peer:
        engine = Engine(pair.client, server_side=False, hostname="localhost")
        while not engine.shake():
            peer.send(engine.unsent())
            engine.feed(peer.sock.recv(65536))
        engine.write(b'{"type":"prove"}\n')
        engine.write(b"x" * 1100)
        peer.send(engine.unsent())
        engine.feed(peer.rest())
        answer = b""
        while isinstance(text := engine.read(65536), bytes):
            answer += text
        (line,) = answer.splitlines()
        assert json.loads(line)["code"] == "bad_command"
    with Prover(server, pair) as ann:
        assert ann.prove(PASSWORD, pair.fingerprint)["type"] == "proof"
    gc.collect()
    assert not [one for one in caplog.records if one.name == "asyncio"], "no fault of ours"


def test_it_is_possible_inside_tls_only(server: LocalServer) -> None:
    with RawPeer(server.host, server.port) as peer:
        peer.send(b'{"type":"prove"}\n')
        assert peer.rest().startswith(b"This is a hubbub chatroom.")


def test_it_is_possible_once_on_a_connection(server: LocalServer, pair: Pair) -> None:
    with Prover(server, pair) as ann:
        ann.prove(PASSWORD, pair.fingerprint)
        ann.send(b'{"type":"prove"}\n')
        assert ann.rest().startswith(b"This is a hubbub chatroom.")


def test_without_a_password_there_is_nothing_to_prove(pair: Pair) -> None:
    with protected(pair) as server, Prover(server, pair) as ann:
        element = b64encode(Proving(b"x", pair.fingerprint, is_server=False).element).decode()
        assert ann.line(type="prove", element=element)["code"] == "no_password"


def test_whoever_hangs_up_within_it_leaves_nothing_behind(server: LocalServer, pair: Pair) -> None:
    element = b64encode(Proving(b"x", pair.fingerprint, is_server=False).element)
    for _ in range(5):
        with Prover(server, pair) as ann:
            ann.send(b'{"type":"prove","element":"' + element + b'"}\n')
    with Prover(server, pair) as ann:
        assert ann.prove(PASSWORD, pair.fingerprint)["type"] == "proof"


def test_a_proof_that_does_not_come_is_let_go(pair: Pair) -> None:
    with protected(pair, PASSWORD, handshake_seconds=1.0) as server, Prover(server, pair) as ann:
        ann.send(b'{"type":')
        assert ann.rest() == b""


class Provers:
    """A hundred who may prove, on a loop whose turns are the test's; `begun` counts answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room, self.begun = Room(actions_per_turn=1000), 0
        monkeypatch.setattr(proving, "awaited", self._begin)
        partings = Partings(self.room.loop)
        self.chatroom: Any = SimpleNamespace(partings=partings, tls_counts=TlsCounts())
        self.all = [self._prover() for _ in range(100)]

    def _begin(self, answering: Coroutine[Any, Any, None]) -> object:
        self.begun += 1
        answering.close()
        return object()

    def _prover(self) -> FakeTransport:
        turn = self.room.turns.turn("192.0.2.1")
        deadlines = Deadlines(60.0, self.room.loop.time)
        return FakeTransport(
            ProvingSide(
                self.chatroom,
                lambda _turn, _left: pytest.fail("nobody has proven"),
                turn,
                turn.close,
                deadlines=deadlines,
                lingering=deadlines,
            )
        )

    @property
    def closed(self) -> int:
        return sum(one.is_closing() for one in self.all)


def test_many_who_begin_at_once_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever hangs up meanwhile is not answered."""
    provers, most = Provers(monkeypatch), TURN_UNITS // PROOF
    for one in provers.all:
        one.receive(b'{"type":"prove",', b'"element":""}\n')
    assert 0 < provers.begun <= most
    for one in provers.all[-10:]:
        one.lose()
    before = provers.begun
    while provers.room.loop.turn():
        assert provers.begun - before <= most
        before = provers.begun
    assert provers.begun == 90


def test_many_who_hang_up_at_once_are_let_go_a_few_in_each_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provers, before = Provers(monkeypatch), 0
    for one in provers.all:
        assert one.protocol.eof_received()
    while provers.closed < len(provers.all):
        assert 0 < provers.closed - before <= AT_ONCE
        before = provers.closed
        assert provers.room.loop.turn()
