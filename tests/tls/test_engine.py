"""One side of TLS without a socket: its records, and what comes without any text."""

import ssl
from pathlib import Path
from typing import cast

import pytest
from bench.attacks.kinds.rekeying import Keys, keys_of
from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.tls.engine import HEADER_BYTES, IDLE_RECORDS_MAX, Engine, Read, Records
from hubbub.tls.transport import Rest
from tests.tls.pairs import Pair, pair_in

MANY = 100 * IDLE_RECORDS_MAX
ALERT, CLOSE_NOTIFY = 21, b"\x01\x00"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def shaken(pair: Pair, tmp_path: Path) -> tuple[Engine, Keys]:
    """Return a server after its handshake, and the keys of its client."""
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")
    server = Engine(pair.server, server_side=True)
    client = Engine(context, server_side=False, hostname="localhost")
    while not (client.shake() and server.shake()):
        server.feed(client.unsent())
        server.shake()
        client.feed(server.unsent())
    keys = keys_of(cast("tuple[str, str, int]", client.ssl_object.cipher())[0], tmp_path / "keys")
    assert keys is not None
    server.begun()
    return server, keys


def cut(*pieces: bytes) -> list[bytes]:
    """Return the records of a stream that comes in these pieces."""
    records, found = Records(), []
    for piece in pieces:
        records.add(piece)
        while record := records.next():
            found.append(record)
    return found


def read_on(engine: Engine) -> bytes:
    """Return all there is, read in small pieces."""
    read = b""
    while isinstance(piece := engine.read(100), bytes):
        read += piece
    return read


@given(st.lists(st.integers(0, 300), max_size=20), st.lists(st.integers(1, 400), max_size=30))
@example([16_384 + 2_048, 1], [5, 16_384])
def test_records_are_the_same_in_whatever_pieces_they_come(
    lengths: list[int], sizes: list[int]
) -> None:
    records = [b"\x17\x03\x03" + length.to_bytes(2) + bytes(length) for length in lengths]
    stream, pieces = b"".join(records), []
    for size in [*sizes, len(stream)]:
        pieces.append(stream[:size])
        stream = stream[size:]
    assert cut(*pieces) == records


@pytest.mark.parametrize("said", [b"HTTP/1.1 400", b"0000000004what", b"\x17\x03\x03\xff\xff"])
def test_what_is_no_record_is_not_waited_for(said: bytes) -> None:
    assert cut(said) == [said]


def test_no_more_records_without_text_are_looked_at_than_may_come(
    shaken: tuple[Engine, Keys],
) -> None:
    server, keys = shaken
    server.feed(b"".join(keys.update() for _ in range(MANY)))
    for _ in range(2):
        with pytest.raises(ssl.SSLError):
            server.read(100)
    assert server.begun() == IDLE_RECORDS_MAX + 1


def test_a_text_makes_up_for_no_more_than_its_own_record(shaken: tuple[Engine, Keys]) -> None:
    """However small the pieces are in which it is read."""
    server, keys = shaken
    server.feed(b"".join(keys.update() + keys.record(b"long" * 1000) for _ in range(MANY)))
    with pytest.raises(ssl.SSLError):
        read_on(server)
    assert server.begun() <= 2 * (IDLE_RECORDS_MAX + 2)


def test_the_rest_of_a_lost_connection_is_read_no_further(shaken: tuple[Engine, Keys]) -> None:
    server, keys = shaken
    unread = bytearray(b"".join(keys.update() for _ in range(MANY)))

    class Below:
        def recv(self, size: int) -> bytes:
            piece = bytes(unread[:size])
            del unread[:size]
            return piece

        def close(self) -> None:
            pass

    with pytest.raises(OSError, match="without any text"):
        Rest(server, Below()).recv(2048)
    assert server.begun() == IDLE_RECORDS_MAX + 1


def test_a_hello_in_many_records_is_taken_up_at_once(pair: Pair) -> None:
    client = Engine(pair.client, server_side=False, hostname="localhost")
    client.shake()
    hello = client.unsent()[HEADER_BYTES:]
    server = Engine(pair.server, server_side=True)
    shaking, calls = server.ssl_object, 0

    class Counting:
        def do_handshake(self) -> None:
            nonlocal calls
            calls += 1
            shaking.do_handshake()

    server.ssl_object = cast("ssl.SSLObject", Counting())
    server.feed(b"".join(b"\x16\x03\x01\x00\x01" + bytes([one]) for one in hello))
    assert not server.shake()
    assert server.unsent(), "it is answered"
    assert (server.begun(), calls) == (len(hello), 2)


@pytest.mark.parametrize("version", VERSIONS)
def test_text_in_the_same_piece_as_the_end_of_a_handshake_is_read(
    pair: Pair, version: ssl.TLSVersion
) -> None:
    """In TLS 1.2 that may come when a session is resumed."""
    context, of_server = pair.client, pair.server
    context.maximum_version = version
    session: ssl.SSLSession | None = None
    for _ in range(2):
        client = Engine(context, server_side=False, hostname="localhost")
        assert isinstance(client.ssl_object, ssl.SSLObject)
        if session is not None:
            client.ssl_object.session = session
        server = Engine(of_server, server_side=True)
        while not client.shake():
            server.feed(client.unsent())
            server.shake()
            client.feed(server.unsent())
        client.write(b"hello")
        server.feed(client.unsent())
        assert server.shake()
        client.feed(server.unsent())
        assert client.shake()
        assert server.read(100) == b"hello"
        session = client.ssl_object.session
        is_resumed = client.ssl_object.session_reused
    assert is_resumed or version is ssl.TLSVersion.TLSv1_3


def test_text_is_read_whole_behind_a_handshake(shaken: tuple[Engine, Keys]) -> None:
    server, keys = shaken
    said = [b"one", b"two" * 1000, b"three"]
    server.feed(b"".join(map(keys.record, said)))
    assert read_on(server) == b"".join(said)
    assert server.read(1) is Read.NOTHING
    assert server.begun() == len(said)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_end_in_the_same_piece_as_the_end_of_a_handshake_is_heard(
    pair: Pair, version: ssl.TLSVersion
) -> None:
    context = pair.client
    context.maximum_version = version
    client = Engine(context, server_side=False, hostname="localhost")
    server = Engine(pair.server, server_side=True)
    while True:
        client.shake()
        server.feed(client.unsent())
        if server.shake():
            break
        client.feed(server.unsent())
    server.finish()
    client.feed(server.unsent())
    assert client.shake()
    assert client.read(100) is Read.END


def test_an_end_that_came_before_our_own_is_heard_after_it(shaken: tuple[Engine, Keys]) -> None:
    server, keys = shaken
    server.feed(keys.record(b"the last words") + keys.record(CLOSE_NOTIFY, ALERT))
    server.finish()
    assert server.read(100) == b"the last words"
    assert [server.read(100) for _ in range(2)] == [Read.END, Read.END]


def test_what_was_no_tls_before_our_own_end_is_told_after_it(shaken: tuple[Engine, Keys]) -> None:
    server, keys = shaken
    server.feed(keys.record(b"the last words") + b"\x17\x03\x03\x00\x14" + bytes(20))
    server.finish()
    assert server.read(100) == b"the last words"
    with pytest.raises(ssl.SSLError):
        server.read(100)
