"""SASL EXTERNAL: logging in by a certificate (ircv3.net/specs/extensions/sasl-3.1, RFC 4422)."""

import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import GuestLimits, Limits
from hubbub.server.config import Config, TlsSection
from hubbub.server.tls.certificates import asking_with
from hubbub.server.tls.choosing import certificates_of
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.irc.conformance.members import PASSWORD, register
from tests.irc.irc_client import PATIENCE_SECONDS, IrcClient
from tests.server.event_peer import EventPeer
from tests.tls.pairs import Pair, pair_in

CLOSE_NOTIFY = b"\x15\x03\x03\x00\x02\x01\x00"
"""An alert (RFC 8446, 6.1)."""

VERSION_3, VERSION_6 = (b"\xa0\x03\x02\x01" + bytes([number]) for number in (2, 5))
"""As certificates begin to say it (RFC 5280, 4.1)."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def pair(folder: Path) -> Pair:
    return pair_in(folder / "server")


@pytest.fixture(scope="module")
def server(pair: Pair) -> Iterator[LocalServer]:
    config = Config(
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        people=GuestLimits(password_chars_min=3),
        tls=TlsSection(cert=str(pair.certificate), key=str(pair.key), client_certificates=True),
    )
    with serving(config) as running:
        yield running


def shown(pair: Pair, own: Pair | None, *protocols: str) -> ssl.SSLContext:
    """Return the end of a client that shows a certificate of its own."""
    context = pair.client
    if own is not None:
        context.load_cert_chain(own.certificate, own.key)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def external(server: LocalServer, context: ssl.SSLContext, *lines: str) -> IrcClient:
    """Return a client that logs in by what it shows."""
    asked = ("CAP REQ :sasl", *lines, "AUTHENTICATE EXTERNAL", "AUTHENTICATE +")
    return IrcClient(server.address, *asked, context=context)


def linked(server: LocalServer, pair: Pair, own: Pair, name: str) -> IrcClient:
    """Return the client of a new member who has linked a certificate."""
    register(server, name)
    client = IrcClient(server.address, f"NICK {name}_", "USER u 0 * :r", context=shown(pair, own))
    client.until("376")
    client.ask(f"NS IDENTIFY {name} {PASSWORD}", "NS CERT ADD")
    assert (
        "You can log in by it"
        in client.said("NOTICE", f"{name}_", "You can log in by it from now on.").params[1]
    )
    return client


def test_a_certificate_that_was_linked_logs_in(
    server: LocalServer, pair: Pair, folder: Path
) -> None:
    own = pair_in(folder / "ann")
    first = linked(server, pair, own, "ann")
    first.ask("NS CERT LIST")
    assert first.said("NOTICE").params[1] == own.fingerprint
    first.ask("QUIT")
    first.ended()
    for lines in ((), ("NICK ann", "USER u 0 * :r")):
        ann = external(server, shown(pair, own), *lines)
        ann.until("AUTHENTICATE", "+")
        assert ann.said("900").params[2] == "ann"
        ann.until("903")
        ann.ask("NICK ann", "USER u 0 * :r", "CAP END")
        assert ann.said("001").params[0] == "ann"
        ann.ask("QUIT")
        ann.ended()


def test_what_nobody_has_linked_is_refused_and_the_password_counts_as_before(
    server: LocalServer, pair: Pair, folder: Path
) -> None:
    """904 ERR_SASLFAIL"""
    eve = external(server, shown(pair, pair_in(folder / "eve")), "NICK eve")
    assert "NickServ CERT ADD" in eve.said("904").params[1]
    eve.ask("CAP LS 302")
    assert "EXTERNAL" in eve.said("CAP").params[-1] + eve.said("CAP").params[-1]
    eve.ask("USER u 0 * :r", "CAP END")
    assert eve.said("001").params[0] == "eve"
    eve.ask("NS CERT ADD")
    assert "passing" in eve.said("NOTICE").params[1]


def test_an_odd_certificate_is_one_like_any_other(
    server: LocalServer, pair: Pair, folder: Path
) -> None:
    own = pair_in(folder / "odd")
    der = ssl.PEM_cert_to_DER_cert(own.certificate.read_text())
    odd = der.replace(VERSION_3, VERSION_6, 1)  # OpenSSL takes that, and other libraries do not
    own.certificate.write_text(ssl.DER_cert_to_PEM_cert(odd))
    assert "NickServ CERT ADD" in external(server, shown(pair, own)).said("904").params[1]


def test_whoever_shows_none_is_offered_none(server: LocalServer, pair: Pair) -> None:
    for context in (pair.client, None):
        bob = IrcClient(server.address, "CAP REQ :sasl", "AUTHENTICATE EXTERNAL", context=context)
        assert "EXTERNAL" not in bob.said("908").params[1]
        bob.until("904")
        bob.ask("NICK bob", "USER u 0 * :r", "CAP END", "NS CERT ADD")
        assert bob.said("NOTICE").params[1].startswith("Your client shows no certificate")
        bob.ask("QUIT")
        bob.ended()


def test_one_is_a_device_that_the_page_lists_and_does_without(
    server: LocalServer, pair: Pair, folder: Path
) -> None:
    own = pair_in(folder / "cat")
    linked(server, pair, own, "cat").close()
    cat = external(server, shown(pair, own), "NICK cat", "USER u 0 * :r")
    cat.until("903")
    cat.ask("CAP END")
    cat.until("376")
    with EventPeer(server, "cat", room=None) as page:
        page.ask(type="login", name="cat", password=PASSWORD)
        listed = page.ask(type="devices")["devices"]
        found = [one for one in listed if "certificate" in one["label"]]
        assert [(one["label"], one["here"]) for one in found] == [
            (f"certificate {own.fingerprint[:16]}", True)
        ]
        page.ask(type="revoke", device=found[0]["id"])
    cat.ended()
    external(server, shown(pair, own), "NICK cat").until("904")


def test_a_fingerprint_alone_is_nobodys_proof(
    server: LocalServer, pair: Pair, folder: Path
) -> None:
    """It is no secret: neither a device's secret, nor something to be linked unseen."""
    own, other = pair_in(folder / "dan"), pair_in(folder / "other")
    dan = linked(server, pair, own, "dan")
    with EventPeer(server, "eve", room=None) as eve:
        assert eve.ask(type="identify", device=own.fingerprint)["name"] == "eve"
    dan.ask(f"NS CERT ADD {other.fingerprint}", f"NS CERT DEL {other.fingerprint}")
    assert dan.said("NOTICE").params[1].startswith("Only the certificate that your client shows")
    assert "You have no such certificate" in dan.said("NOTICE").params[1]
    register(server, "fay")
    fay = IrcClient(server.address, "NICK fay_", "USER u 0 * :r", context=shown(pair, own))
    fay.ask(f"NS IDENTIFY fay {PASSWORD}", "NS CERT ADD")
    fay.until("900")
    assert "Somebody else has linked this" in fay.said("NOTICE").params[1]
    dan.ask(f"NS CERT DEL {own.fingerprint[:8]}")
    assert dan.said("NOTICE").params[1] == "It counts no more."


def test_one_acts_as_oneself_alone(server: LocalServer, pair: Pair, folder: Path) -> None:
    own = pair_in(folder / "gus")
    linked(server, pair, own, "gus").close()
    for name, number in (("root", "904"), ("gus", "900")):
        gus = IrcClient(server.address, "CAP REQ :sasl", context=shown(pair, own))
        gus.ask("AUTHENTICATE EXTERNAL", f"AUTHENTICATE {b64encode(name.encode()).decode()}")
        gus.until(number)


def test_browsers_are_asked_for_none(server: LocalServer, pair: Pair, folder: Path) -> None:
    """They would ask whoever sits there which one to show; they say that they speak HTTP."""
    own = pair_in(folder / "page")
    context = shown(pair, own, "http/1.1")
    client = IrcClient(server.address, "CAP REQ :sasl", "AUTHENTICATE EXTERNAL", context=context)
    assert "EXTERNAL" not in client.said("908").params[1]


def test_whoever_says_nothing_of_http_is_asked_whatever_is_random_in_the_hello(pair: Pair) -> None:
    section = TlsSection(cert=str(pair.certificate), key=str(pair.key), client_certificates=True)
    certificates = certificates_of(section, None)
    assert certificates is not None
    assert certificates.identity.asking is not None
    assert certificates.context_for(b"random \x02h2").context is certificates.identity.asking


def test_what_is_no_tls_is_broken_off(server: LocalServer, pair: Pair, folder: Path) -> None:
    for sent in (b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x01\x40\x00" + bytes(0x4000)):
        with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as peer:
            peer.sendall(sent)
            while peer.recv(4096):
                pass
    context = shown(pair, pair_in(folder / "kim"))
    kim = IrcClient(server.address, "NICK kim", "USER u 0 * :r", context=context)
    kim.until("376")
    kim.send(b"QUIT\r\n")
    kim.ended()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_whoever_hangs_up_in_the_handshake_is_let_go(
    server: LocalServer, pair: Pair, version: ssl.TLSVersion, caplog: pytest.LogCaptureFixture
) -> None:
    context, came, hello = pair.client, ssl.MemoryBIO(), ssl.MemoryBIO()
    context.maximum_version = version
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(came, hello, server_hostname="localhost").do_handshake()
    with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as peer:
        peer.sendall(hello.read())
        assert peer.recv(1)
        peer.sendall(CLOSE_NOTIFY)
        while peer.recv(4096):
            pass
    assert "Fatal error" not in caplog.text


def test_files_that_are_replaced_as_they_are_read_are_no_pair_yet(pair: Pair, folder: Path) -> None:
    other = pair_in(folder / "replaced")
    for certificate, key in ((pair.certificate, other.key), (pair.certificate, folder / "none")):
        with pytest.raises(ConfigError, match="no certificate with its key"):
            asking_with(certificate, key)


def test_without_its_library_the_server_says_what_to_install(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    monkeypatch.delitem(sys.modules, "hubbub.tls.asking", raising=False)
    section = TlsSection(cert=str(pair.certificate), key=str(pair.key), client_certificates=True)
    with pytest.raises(ConfigError, match=r"pip install '\.\[certificates\]'"):
        certificates_of(section, None)


def test_much_is_said_in_both_directions(server: LocalServer, pair: Pair, folder: Path) -> None:
    own = pair_in(folder / "hal")
    ida = IrcClient.named(server.address, "ida", rooms="#much")
    hal = IrcClient(server.address, "NICK hal", "USER u 0 * :r", context=shown(pair, own))
    hal.ask("JOIN #much", *(f"PRIVMSG #much :{number} {'x' * 400}" for number in range(300)))
    ida.until("PRIVMSG", "#much", f"299 {'x' * 400}")
    ida.ask(*(f"PRIVMSG #much :{number} {'y' * 400}" for number in range(300)))
    hal.until("PRIVMSG", "#much", f"299 {'y' * 400}")
