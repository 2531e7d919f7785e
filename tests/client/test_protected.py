"""Clients with TLS: whom they trust, what they remember, and what a machine in the middle hears."""

import asyncio
import contextlib
import errno
import functools
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bench.ports import free_port

import hubbub
from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Message
from hubbub.client import Chat, NewCertificate, Online, one_chatroom
from hubbub.client.address import parse_address
from hubbub.client.trust import CA_VARIABLE, Known, Trust, page_of
from hubbub.lan.networks import own_networks
from hubbub.server.config import Config, ServerSection, TlsSection
from hubbub.testing import LocalServer, serving
from tests.server.tls.peers import protected
from tests.tls.pairs import Pair, pair_in

PATIENCE_SECONDS = 30
PASSWORD = "rotu-mika-tedo"


def runs(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test on an event loop of its own."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(bounded(test(**fixtures)))

    async def bounded(work: Awaitable[None]) -> None:
        async with asyncio.timeout(3 * PATIENCE_SECONDS):
            await work

    return run


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def _remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is remembered with the test."""
    monkeypatch.delenv(CA_VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: tmp_path)


@pytest.fixture
def server(pair: Pair) -> Iterator[LocalServer]:
    with protected(pair, PASSWORD) as server:
        yield server


def safe(server: LocalServer, **beside: str) -> Chat:
    """Return a chat over TLS that ends with the first loss."""
    return hubbub.connect(
        f"hubbubs://{server.address}/",
        name="ann",
        reconnect=False,
        **beside,  # type: ignore[arg-type]
    )


async def refusal_of(chat: Chat) -> Refused:
    """Return why a chat is refused."""
    with pytest.raises(Refused) as refused:
        async with asyncio.timeout(PATIENCE_SECONDS), chat:
            pass
    return refused.value


async def talk(chat: Chat, text: str = "hello") -> None:
    """Enter, say something, and hear it."""
    async with asyncio.timeout(PATIENCE_SECONDS), chat:
        await chat.say(text)
        async for event in chat:
            if isinstance(event, Message) and event.text == text:
                return


async def until_told(chat: Chat) -> AsyncIterator[NewCertificate]:
    """Yield what is told of a new certificate."""
    async for event in chat:
        if isinstance(event, NewCertificate):
            yield event
            return


@runs
async def test_the_password_alone_makes_a_safe_room(server: LocalServer, pair: Pair) -> None:
    await talk(safe(server, password=PASSWORD))
    known = Trust().known(parse_address(server.address))
    assert known == Known(pair.fingerprint), "the certificate is remembered"
    assert page_of(parse_address(server.address)) == f"http://{server.address}", "or browsers warn"


@runs
async def test_a_remembered_certificate_needs_no_proof(server: LocalServer) -> None:
    await talk(safe(server, password=PASSWORD))
    known = Trust().known(parse_address(server.address))
    await talk(safe(server, password=PASSWORD), "again")
    assert Trust().known(parse_address(server.address)) == known


def test_what_is_remembered_stays_where_the_disk_does_not_take_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    one, other = parse_address("one.example.org:1"), parse_address("other.example.org:1")
    Trust().remember(one, "1")
    monkeypatch.setattr(os, "fsync", fails)
    trust = Trust()
    trust.remember(other, "2")
    assert trust.known(other) == Known("2"), "for as long as the program runs"
    assert Trust().known(other) is None
    assert Trust().known(one) == Known("1")


@runs
async def test_a_wrong_password_is_told(server: LocalServer) -> None:
    refusal = await refusal_of(safe(server, password="another"))
    assert refusal.code == "wrong_password"
    assert "in between" in str(refusal)
    assert Trust().known(parse_address(server.address)) is None


@runs
async def test_without_the_password_it_is_asked_for(server: LocalServer) -> None:
    assert (await refusal_of(safe(server))).code == "password_needed"


@runs
async def test_an_authority_may_vouch_for_the_certificate(
    server: LocalServer, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(safe(server, password=PASSWORD, ca=str(pair.certificate)))
    here = parse_address(server.address)
    assert Trust().known(here) == Known("")
    assert page_of(here) == f"https://{server.address}"
    monkeypatch.setenv(CA_VARIABLE, str(pair.certificate))
    await talk(safe(server, password=PASSWORD), "again")


@runs
async def test_other_authorities_are_not_believed(server: LocalServer, tmp_path: Path) -> None:
    other = pair_in(tmp_path / "other")
    refusal = await refusal_of(safe(server, password=PASSWORD, ca=str(other.certificate)))
    assert refusal.code == "certificate_unknown"
    missing = await refusal_of(safe(server, ca=str(tmp_path / "none.pem")))
    assert missing.code == "bad_ca"


@runs
async def test_an_address_may_name_the_certificate(pair: Pair) -> None:
    with protected(pair) as server:
        named = f"hubbubs://{server.address}/#fp={pair.fingerprint[:32]}"
        await talk(hubbub.connect(named, name="ann", reconnect=False))
        await talk(hubbub.connect(f"hubbubs://{server.address}", name="ann", reconnect=False), "2")
        wrong = hubbub.connect(
            f"hubbubs://{server.address}/#fp={'ab' * 32}", name="ann", reconnect=False
        )
        assert (await refusal_of(wrong)).code == "certificate_changed"


@runs
async def test_a_changed_certificate_that_proves_the_password_is_told_plainly(
    pair: Pair, tmp_path: Path
) -> None:
    other = pair_in(tmp_path / "other")
    with protected(other, PASSWORD) as server:
        Trust().remember(parse_address(server.address), pair.fingerprint)
        async with asyncio.timeout(PATIENCE_SECONDS), safe(server, password=PASSWORD) as chat:
            told = [event async for event in until_told(chat)]
        assert "has changed" in told[-1].text
        assert Trust().known(parse_address(server.address)) == Known(other.fingerprint)


@runs
async def test_it_is_told_where_an_authority_vouched_for_the_former_one(
    server: LocalServer, pair: Pair
) -> None:
    Trust().remember(parse_address(server.address), "")
    async with asyncio.timeout(PATIENCE_SECONDS), safe(server, password=PASSWORD) as chat:
        told = [event async for event in until_told(chat)]
    assert "an authority vouched for the former one" in told[-1].text
    assert Trust().known(parse_address(server.address)) == Known(pair.fingerprint)


@asynccontextmanager
async def answering(pair: Pair, answer: bytes) -> AsyncIterator[str]:
    """Speak TLS at an address, answer the first line with this, and hang up."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await reader.readline()
            writer.write(answer)

    served = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=pair.server)
    async with served:
        yield f"127.0.0.1:{served.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\xff\n",
        b'{"type":"proof","element":"\xff"}\n',
        b'{"type":"proof","a":' + b"[" * 5000 + b"\n",
    ],
)
@runs
async def test_whatever_is_no_proof_is_refused(pair: Pair, answer: bytes) -> None:
    async with answering(pair, answer) as address:
        chat = hubbub.connect(f"hubbubs://{address}", name="ann", password=PASSWORD)
        assert (await refusal_of(chat)).code == "not_proven"


@runs
async def test_a_proof_that_is_broken_off_is_not_tried_again_where_the_server_is_remembered(
    pair: Pair, tmp_path: Path
) -> None:
    """Each try could tell somebody in between whether one password is right."""
    async with answering(pair_in(tmp_path / "other"), b"") as address:
        Trust().remember(parse_address(address), pair.fingerprint)
        chat = hubbub.connect(f"hubbubs://{address}", name="ann", password=PASSWORD)
        assert (await refusal_of(chat)).code == "certificate_changed"


@runs
async def test_a_changed_certificate_without_a_proof_is_refused(pair: Pair, tmp_path: Path) -> None:
    other = pair_in(tmp_path / "other")
    with protected(other, "another password") as server:
        Trust().remember(parse_address(server.address), pair.fingerprint)
        refusal = await refusal_of(safe(server, password=PASSWORD))
        assert refusal.code == "certificate_changed"
        assert Trust().known(parse_address(server.address)) == Known(pair.fingerprint)


@runs
async def test_a_server_without_tls_is_not_talked_to_if_tls_is_wanted() -> None:
    with serving() as server, pytest.raises(Unreachable, match="TLS"):
        async with asyncio.timeout(PATIENCE_SECONDS), safe(server):
            pass


@runs
async def test_files_go_over_the_same_protection(pair: Pair, tmp_path: Path) -> None:
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path / "data"), password=PASSWORD),
        tls=TlsSection(cert=str(pair.certificate), key=str(pair.key), plaintext="forbidden"),
    )
    with serving(config) as server:
        async with asyncio.timeout(PATIENCE_SECONDS), safe(server, password=PASSWORD) as chat:
            seq = await chat.send_file("lobby", b"some bytes", "look")
            assert seq is not None
            page = await chat.history("lobby", after=seq - 1, limit=1)
            assert await chat.fetch(page.messages[0].files[0]) == b"some bytes"


@runs
async def test_files_go_on_once_another_certificate_is_vouched_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.tls.certificates.LOOK_SECONDS", 0.05)
    # Of two with one name, OpenSSL would try the first alone.
    used, new = (pair_in(tmp_path / one, f"{one}.local", "127.0.0.1") for one in ("used", "new"))
    ca = tmp_path / "ca.pem"
    ca.write_text(used.certificate.read_text() + new.certificate.read_text())
    with protected(used, PASSWORD, data=str(tmp_path / "data")) as server:
        chat = safe(server, password=PASSWORD, ca=str(ca))
        async with asyncio.timeout(PATIENCE_SECONDS), chat:
            shutil.copy(new.certificate, used.certificate)
            shutil.copy(new.key, used.key)
            at = (server.host, server.port)
            shown = ""
            while shown != as_shown(new):
                shown = await asyncio.to_thread(ssl.get_server_certificate, at)
            assert await chat.send_file("lobby", b"some bytes", "look") is not None


def as_shown(pair: Pair) -> str:
    """Return a certificate as `ssl` writes it."""
    return ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(pair.certificate.read_text()))


@runs
async def test_a_password_does_not_cross_a_network_in_the_clear() -> None:
    """It is another machine's address, as far as the client can see."""
    host = str(own_networks()[0].ip)
    config = Config(server=ServerSection(listen=f"{host}:0", password=PASSWORD))
    if host.startswith("127."):
        pytest.skip("this machine is in no network")
    with serving(config) as server:
        bare = hubbub.connect(server.address, name="ann", password=PASSWORD, reconnect=False)
        assert (await refusal_of(bare)).code == "unprotected"
        said = f"http://{server.address}/"
        await talk(hubbub.connect(said, name="ann", password=PASSWORD, reconnect=False))


@runs
async def test_where_there_is_tls_a_password_looks_for_it(pair: Pair) -> None:
    host = str(own_networks()[0].ip)
    if host.startswith("127."):
        pytest.skip("this machine is in no network")
    config = Config(
        server=ServerSection(listen=f"{host}:0", password=PASSWORD),
        tls=TlsSection(cert=str(pair.certificate), key=str(pair.key)),
    )
    with serving(config) as server:
        bare = hubbub.connect(server.address, name="ann", password=PASSWORD, reconnect=False)
        await talk(bare)
        assert Trust().known(parse_address(server.address)) == Known(pair.fingerprint)


# At several addresses.


async def place_of_next(chat: Chat) -> str:
    """Return where the chat is online next."""
    async for event in chat:
        if isinstance(event, Online):
            return event.address
    raise AssertionError("the chat has ended")


@runs
async def test_each_address_of_a_chatroom_is_known_by_its_own_certificate(
    pair: Pair, tmp_path: Path
) -> None:
    other = pair_in(tmp_path / "other")
    listen = f"127.0.0.1:{free_port()}"
    with protected(other, PASSWORD) as second, contextlib.ExitStack() as stack:
        first = stack.enter_context(protected(pair, PASSWORD, listen=listen))
        both = f"hubbubs://{first.address},{second.address}"
        coming = hubbub.connect(one_chatroom(both), name="ann", password=PASSWORD)
        async with coming as chat:
            assert await place_of_next(chat) == first.address
            await asyncio.to_thread(stack.close)
            assert await place_of_next(chat) == second.address
        for server, own in ((first, pair), (second, other)):
            assert Trust().known(parse_address(server.address)) == Known(own.fingerprint)


@runs
async def test_where_one_address_has_spoken_tls_nothing_is_said_in_plaintext_at_the_others(
    pair: Pair,
) -> None:
    host = str(own_networks()[0].ip)
    if host.startswith("127."):
        pytest.skip("this machine is in no network")
    bare = Config(server=ServerSection(listen=f"{host}:0"))
    with serving(bare) as plain, protected(pair, listen=f"{host}:0") as safe:
        Trust().remember(parse_address(safe.address), pair.fingerprint)
        async with hubbub.connect(f"{plain.address},{safe.address}", name="ann") as chat:
            assert await place_of_next(chat) == safe.address


# In the middle.


class Middle:
    """Stands between clients and a server, with a certificate of its own, and notes all."""

    def __init__(self, server: LocalServer, own: Pair) -> None:
        self._server = server
        self._own = own
        self._meetings: list[asyncio.Task[None]] = []
        self.heard = b""
        self.port = 0

    @property
    def address(self) -> str:
        """Where clients meet it."""
        return f"127.0.0.1:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Pass on what clients and server say, until the block ends."""
        served = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._own.server)
        self.port = served.sockets[0].getsockname()[1]
        async with served:
            try:
                yield
            finally:
                for meeting in self._meetings:
                    meeting.cancel()
                await asyncio.gather(*self._meetings, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._meetings.append(asyncio.create_task(self._go_between(reader, writer)))

    async def _go_between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        believing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        believing.check_hostname, believing.verify_mode = False, ssl.CERT_NONE
        try:
            from_server, to_server = await asyncio.open_connection(
                self._server.host, self._server.port, ssl=believing
            )
            try:
                with contextlib.suppress(OSError):
                    await asyncio.gather(
                        self._pass(reader, to_server, listens=True),
                        self._pass(from_server, writer, listens=False),
                    )
            finally:
                to_server.transport.abort()
        finally:
            writer.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, listens: bool
    ) -> None:
        while data := await reader.read(65536):
            if listens:
                self.heard += data
            writer.write(data)
            await writer.drain()
        writer.close()


@runs
async def test_a_machine_in_the_middle_is_refused_and_hears_nothing(
    server: LocalServer, tmp_path: Path
) -> None:
    middle = Middle(server, pair_in(tmp_path / "middle"))
    async with middle.listening():
        chat = hubbub.connect(
            f"hubbubs://{middle.address}", name="annabelle", password=PASSWORD, reconnect=False
        )
        refusal = await refusal_of(chat)
    assert refusal.code == "wrong_password"
    assert "in between" in str(refusal)
    assert PASSWORD.encode() not in middle.heard
    assert b"annabelle" not in middle.heard
    assert Trust().known(parse_address(middle.address)) is None


@runs
async def test_it_is_refused_where_the_server_is_remembered(
    server: LocalServer, pair: Pair, tmp_path: Path
) -> None:
    middle = Middle(server, pair_in(tmp_path / "middle"))
    async with middle.listening():
        Trust().remember(parse_address(middle.address), pair.fingerprint)
        for password in (PASSWORD, ""):
            chat = hubbub.connect(
                f"hubbubs://{middle.address}", name="ann", password=password, reconnect=False
            )
            refusal = await refusal_of(chat)
            assert refusal.code == ("certificate_changed" if password else "password_needed")
            assert "another one than before" in str(refusal)
    assert PASSWORD.encode() not in middle.heard


@runs
async def test_it_is_refused_when_it_comes_later(
    server: LocalServer, pair: Pair, tmp_path: Path
) -> None:
    """The client knows the certificate, loses its connection, and comes back to somebody else."""
    middle = Middle(server, pair_in(tmp_path / "middle"))
    async with middle.listening():
        Trust().remember(parse_address(middle.address), pair.fingerprint)
        chat = hubbub.connect(
            f"hubbubs://{middle.address}", name="ann", password=PASSWORD, patient=True
        )
        async with asyncio.timeout(PATIENCE_SECONDS), chat:
            with pytest.raises(Refused, match="another one than before"):
                await anext(aiter(chat))
