"""What operators see of handshakes and proofs: how many ended how, and how long they took."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hubbub.testing import LocalServer
from hubbub.tls.engine import Engine
from tests.interop.raw import PATIENCE_SECONDS, RawPeer
from tests.server.http.asking import ask
from tests.server.tls.peers import TlsPeer, protected
from tests.server.tls.test_proving import PASSWORD, Prover
from tests.tls.pairs import Pair, pair_in

POLL_SECONDS = 0.02


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(pair: Pair) -> Iterator[LocalServer]:
    with protected(pair, handshake_seconds=2.0) as server:
        yield server


def done(server: LocalServer, pair: Pair) -> None:
    with TlsPeer(server, pair, "ann"):
        pass


def refused(server: LocalServer, _pair: Pair) -> None:
    """By a client to which nobody has vouched for the certificate."""
    strict = ssl.create_default_context()
    with (
        socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        strict.wrap_socket(sock, server_hostname="localhost")


def broken(server: LocalServer, _pair: Pair) -> None:
    with RawPeer(server.host, server.port) as peer:
        peer.send(b"\x16\x03\x01\x00\x05hello")
        peer.rest()


def too_long(server: LocalServer, _pair: Pair) -> None:
    """More than any handshake has, in records that could begin one."""
    with RawPeer(server.host, server.port) as peer:
        hello = b"\x01\x00\xff\xff" + bytes(6000)
        try:
            peer.send(b"".join(b"\x16\x03\x01\x00\x01" + bytes([one]) for one in hello))
            peer.rest()
        except ConnectionError:
            return


def left(server: LocalServer, pair: Pair) -> None:
    with RawPeer(server.host, server.port) as peer:
        engine = Engine(pair.client, server_side=False, hostname="localhost")
        engine.shake()
        peer.send(engine.unsent())
        peer.exactly(1)


def late(server: LocalServer, _pair: Pair) -> None:
    with RawPeer(server.host, server.port) as peer:
        peer.send(b"\x16\x03")
        try:
            peer.rest()
        except ConnectionError:
            return


def figures(server: LocalServer) -> dict[str, float]:
    """Return the samples by name, with a label's value behind it."""
    text = ask(server, "/metrics", Authorization=f"Bearer {PASSWORD}").body.decode()
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def await_counts(server: LocalServer, name: str, **wanted: int) -> None:
    """Wait until so many have ended in each of these ways, and none in another one."""
    beginning, give_up_at = f"hubbub_{name}_total/", time.monotonic() + PATIENCE_SECONDS
    while True:
        found = {
            key.removeprefix(beginning): count
            for key, count in figures(server).items()
            if key.startswith(beginning) and count
        }
        if found == wanted:
            return
        assert time.monotonic() < give_up_at, found
        time.sleep(POLL_SECONDS)


@pytest.mark.parametrize(
    ("shake", "outcome"),
    [
        (done, "done"),
        (refused, "refused"),
        (broken, "broken"),
        (too_long, "broken"),
        (left, "left"),
        (late, "late"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_handshake_is_counted_once_by_how_it_ended(
    server: LocalServer, pair: Pair, shake: Callable[[LocalServer, Pair], None], outcome: str
) -> None:
    shake(server, pair)
    await_counts(server, "tls_handshakes", **{outcome: 1})
    found = figures(server)
    assert found["hubbub_tls_handshake_duration_seconds_count"] == (outcome == "done")
    assert (found["hubbub_tls_handshake_duration_seconds_sum"] > 0) == (outcome == "done")


def test_proofs_are_counted_by_how_they_ended(pair: Pair) -> None:
    with protected(pair, PASSWORD, handshake_seconds=2.0) as server:
        with Prover(server, pair) as ann:
            ann.prove(PASSWORD, pair.fingerprint)
        for wrong in ((PASSWORD, "ab" * 32), ("another", pair.fingerprint)):
            with Prover(server, pair) as eve:
                eve.prove(*wrong)
        with Prover(server, pair) as eve:
            eve.send(b"{}\n")
            eve.answer()
        with Prover(server, pair) as eve:
            eve.confirm_by(b"{}", pair.fingerprint)
        with Prover(server, pair) as eve:
            eve.send(b"{")
            assert eve.rest() == b"", "it takes too long"
        with Prover(server, pair) as eve:
            eve.send(b"{")
        await_counts(server, "password_proofs", done=1, wrong=2, broken=2, late=1, left=1)
