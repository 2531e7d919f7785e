"""Certificates of an authority: asked for, taken while the server runs, and renewed in time."""

import datetime
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from bench.ports import free_port
from cryptography import x509

from hubbub.chat.limits import Limits
from hubbub.faults import faults
from hubbub.server.config import Config, ServerSection, TlsSection
from hubbub.server.tls import renewing
from hubbub.server.tls.acme.challenges import Challenges
from hubbub.server.tls.acme.files import Files
from hubbub.server.tls.renewing import is_due
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.server.noted import noted
from tests.server.tls.authority import Authority
from tests.tls.pairs import pair_in

PATIENCE_SECONDS = 30
Kind = Literal["http-01", "tls-alpn-01"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.server.tls.acme.client.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("hubbub.server.tls.renewing.RETRY_SECONDS", (0.05,))
    monkeypatch.setattr("hubbub.server.tls.renewing.LOOK_SECONDS", 0.05)


@contextmanager
def vouched_for(
    authority: Authority, folder: Path, kind: Kind, name: str = "chat.example.org"
) -> Iterator[LocalServer]:
    """Run a server that asks an authority, which looks where it listens."""
    port = free_port()
    authority.look_at(port)
    config = Config(
        server=ServerSection(listen=f"127.0.0.1:{port}", data=str(folder)),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        tls=TlsSection(
            acme=(name,),
            acme_challenge=kind,
            acme_directory=authority.directory,
            plaintext="forbidden",
        ),
    )
    with serving(config) as server:
        yield server


def shown(server: LocalServer, context: ssl.SSLContext, name: str) -> bytes:
    """Return the certificate that a client is shown who wants this name; raise ssl.SSLError."""
    with (
        socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock,
        context.wrap_socket(sock, server_hostname=name) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""


def trusted(server: LocalServer, context: ssl.SSLContext, name: str) -> bytes:
    """Wait until the server shows a certificate that is trusted; return it."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return shown(server, context, name)
        except ssl.SSLCertVerificationError:
            assert time.monotonic() < give_up_at, "no certificate came"
            time.sleep(0.05)


@pytest.mark.parametrize("kind", ["http-01", "tls-alpn-01"])
@pytest.mark.parametrize("name", ["chat.example.org", "127.0.0.1"])
def test_a_certificate_is_asked_for_and_served(tmp_path: Path, kind: Kind, name: str) -> None:
    authority = Authority(0)
    with authority.open(), vouched_for(authority, tmp_path / "data", kind, name) as server:
        context = ssl.create_default_context(cafile=str(authority.root_in(tmp_path)))
        trusted(server, context, name)
    assert authority.given == 1


def test_it_is_kept_and_asked_for_once(tmp_path: Path) -> None:
    authority = Authority(0)
    context = None
    with authority.open():
        found = set()
        for _ in range(2):
            with vouched_for(authority, tmp_path / "data", "tls-alpn-01") as server:
                path = str(authority.root_in(tmp_path))
                context = ssl.create_default_context(cafile=path)
                found.add(trusted(server, context, "chat.example.org"))
        assert len(found) == 1
    assert authority.given == 1


def test_an_authority_that_refuses_is_asked_again(tmp_path: Path) -> None:
    authority = Authority(0)
    authority.refuses = True
    with authority.open(), vouched_for(authority, tmp_path / "data", "http-01") as server:
        context = ssl.create_default_context(cafile=str(authority.root_in(tmp_path)))
        with pytest.raises(ssl.SSLCertVerificationError):
            shown(server, context, "chat.example.org")
        authority.refuses = False
        trusted(server, context, "chat.example.org")


def test_an_authority_that_cannot_be_understood_ends_no_chatroom(tmp_path: Path) -> None:
    authority = Authority(0)
    authority.babbles = True
    with (
        noted() as told,
        authority.open(),
        vouched_for(authority, tmp_path / "data", "http-01") as server,
    ):
        context = ssl.create_default_context(cafile=str(authority.root_in(tmp_path)))
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not any("cannot be read" in str(one.get("reason")) for one in told):
            assert time.monotonic() < give_up_at, "nothing was noted"
            time.sleep(0.05)
        with pytest.raises(ssl.SSLCertVerificationError):
            shown(server, context, "chat.example.org")
        authority.babbles = False
        trusted(server, context, "chat.example.org")


def test_a_fault_in_asking_is_counted_and_the_authority_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_ask, errors = renewing._ask, [RuntimeError("a fault")]

    async def ask(section: TlsSection, files: Files, challenges: Challenges) -> None:
        if errors:
            raise errors.pop()
        await really_ask(section, files, challenges)

    monkeypatch.setattr(renewing, "_ask", ask)
    authority = Authority(0)
    with authority.open(), vouched_for(authority, tmp_path / "data", "http-01") as server:
        context = ssl.create_default_context(cafile=str(authority.root_in(tmp_path)))
        trusted(server, context, "chat.example.org")
    assert faults.counts.total() == 1


def test_what_a_killed_server_left_half_done_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "acme"
    one, other = pair_in(tmp_path / "one"), pair_in(tmp_path / "other")
    folder.mkdir(parents=True)
    (folder / "certificate.pem").write_bytes(one.certificate.read_bytes())
    (folder / "certificate.key").write_bytes(other.key.read_bytes())
    (folder / "account.key").write_bytes(b"")
    authority = Authority(0)
    with authority.open(), vouched_for(authority, tmp_path / "data", "http-01") as server:
        context = ssl.create_default_context(cafile=str(authority.root_in(tmp_path)))
        trusted(server, context, "chat.example.org")


def test_names_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("chat.example.org"), x509.IPAddress(ipaddress.ip_address("2001:db8::1"))]
    authority = Authority(0)
    pem = authority._certificate(
        authority._key.public_key(), x509.Name([]), x509.SubjectAlternativeName(names)
    )
    assert not is_due(pem, ("Chat.Example.ORG", "2001:DB8:0::1"), now)
    assert is_due(pem, ("other.example.org",), now)


def test_a_certificate_is_due_in_its_last_third(tmp_path: Path) -> None:
    authority = Authority(0, days=89)
    pem = authority._certificate(
        authority._key.public_key(),
        x509.Name([]),
        x509.SubjectAlternativeName([x509.DNSName("chat.example.org")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    names = ("chat.example.org",)
    assert not is_due(pem, names, now + datetime.timedelta(days=58))
    assert is_due(pem, names, now + datetime.timedelta(days=60))
    assert is_due(pem, ("another.example.org",), now)
    own = pair_in(tmp_path, "chat.example.org")
    assert is_due(own.certificate.read_bytes(), names, now), "nobody vouches for it"
