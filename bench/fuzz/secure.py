"""What comes before anything else is believed: TLS, its hellos, proofs, certificates, ACME."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec

from bench.fuzz.target import Folder, Target
from hubbub.chat.errors import ConfigError, HubbubError, Refused
from hubbub.server.tls.acme import client as acme
from hubbub.server.tls.acme.challenges import ALPN, Challenges
from hubbub.server.tls.acme.client import AcmeClient
from hubbub.server.tls.acme.signing import AccountKey
from hubbub.server.tls.proving import bytes_in
from hubbub.tls.certificates import server_context
from hubbub.tls.engine import Engine, Records, may_begin
from hubbub.tls.pake import BadElement, Proving
from hubbub.tls.self_signed import make_certificate

FOLDER = Folder()


def _pair() -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        certificate, key = Path(folder, "c.pem"), Path(folder, "k.pem")
        make_certificate(certificate, key, ["localhost"])
        return certificate.read_bytes(), key.read_bytes()


CERTIFICATE, KEY = _pair()


def _context() -> ssl.SSLContext:
    with TemporaryDirectory() as folder:
        certificate, key = Path(folder, "c.pem"), Path(folder, "k.pem")
        certificate.write_bytes(CERTIFICATE)
        key.write_bytes(KEY)
        return server_context(certificate, key)[0]


CONTEXT = _context()


def _records(*pieces: bytes) -> Iterator[bytes]:
    records = Records()
    for piece in pieces:
        records.add(piece)
        while record := records.next():
            yield record


def read_hello(data: bytes) -> None:
    """What a peer sends that begins a handshake, in two pieces or in one."""
    if not data:
        return
    cut, stream = data[0], data[1:]
    may_begin(stream)
    Challenges().context_for(stream)
    for pieces in ((stream,), (stream[:cut], stream[cut:])):
        assert stream.startswith(b"".join(_records(*pieces)))
    engine = Engine(CONTEXT, server_side=True)
    with suppress(ssl.SSLError):
        engine.feed(stream[:cut])
        engine.shake()
        engine.feed(stream[cut:])
        assert not engine.shake(), "nobody has the keys"
    engine.feed_end()
    engine.unsent()


def read_proof(data: bytes) -> None:
    """What the other side sends to prove the password."""
    for is_server in (True, False):
        with suppress(BadElement):
            Proving(b"rolu-mika-tedo", "fingerprint", is_server=is_server).meet(data)


def read_proof_line(data: bytes) -> None:
    """A line with which a client proves the password."""
    for is_first in (True, False):
        with suppress(Refused):
            bytes_in(data, is_first=is_first)


def read_certificate(data: bytes) -> None:
    """A file that is to be a certificate."""
    certificate = FOLDER.file("certificate.pem", data)
    key = certificate.with_name("key.pem")
    key.write_bytes(KEY)
    with suppress(ConfigError):
        server_context(certificate, key)


class _Answer:
    """An answer over HTTP, as far as it is looked at."""

    def __init__(self, body: bytes) -> None:
        status, _, self._body = body.partition(b" ")
        self.ok = status != b"400"
        self.reason = "Bad Request"
        self.headers = {"Replay-Nonce": "n", "Location": "https://authority.example/1"}

    async def __aenter__(self) -> "_Answer":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def raise_for_status(self) -> None:
        pass

    async def read(self) -> bytes:
        return self._body

    async def json(self, **_: object) -> Any:
        return json.loads(self._body)


class _Authority:
    """Says one line after the other, whatever it is asked."""

    def __init__(self, data: bytes) -> None:
        self._lines = iter(data.split(b"\n"))

    def _next(self) -> _Answer:
        if (line := next(self._lines, None)) is None:
            raise aiohttp.ClientConnectionError
        return _Answer(line)

    @asynccontextmanager
    async def get(self, _address: str) -> AsyncIterator[_Answer]:
        yield self._next()

    @asynccontextmanager
    async def head(self, _address: str) -> AsyncIterator[_Answer]:
        yield _Answer(b"200 ")

    async def post(self, _address: str, **_: object) -> _Answer:
        return self._next()


def read_authority(data: bytes) -> None:
    """What an authority answers that is asked for a certificate, a line for each answer."""
    acme.LOOK_SECONDS = 0.0  # type: ignore[misc]
    authority: Any = _Authority(data)
    key = ec.generate_private_key(ec.SECP256R1())
    client = AcmeClient(authority, "https://authority.example/", AccountKey(key))
    with suppress(HubbubError, aiohttp.ClientError):
        asyncio.run(client.certificate(["a.example"], key, Challenges(), "http-01"))


def _hello(*protocols: str) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if protocols:
        context.set_alpn_protocols(protocols)
    engine = Engine(context, server_side=False, hostname="localhost")
    engine.shake()
    return engine.unsent()


AUTHORITY = (
    b'200 {"newAccount":"https://a.example/a","newOrder":"https://a.example/o",'
    b'"newNonce":"https://a.example/n","meta":{"profiles":{"shortlived":""}}}',
    b'200 {"status":"valid"}',
    b'200 {"authorizations":["https://a.example/z"],"finalize":"https://a.example/f"}',
    b'200 {"status":"pending","identifier":{"type":"dns","value":"a.example"},"challenges":'
    b'[{"type":"http-01","token":"t","url":"https://a.example/c"}]}',
    b'200 {"status":"processing"}',
    b'200 {"status":"valid"}',
    b'200 {"status":"ready"}',
    b'200 {"status":"valid","certificate":"https://a.example/x"}',
    b"200 -----BEGIN CERTIFICATE-----",
)
REFUSED = (
    b'400 {"type":"urn:ietf:params:acme:error:badNonce"}',
    b'200 {"status":"invalid","challenges":[{"error":{"detail":"no"}}]}',
)

TARGETS = (
    Target("hello", read_hello, (b"\x10" + _hello(), b"\x80" + _hello(ALPN), b"\x01\x16\x03\x01")),
    Target(
        "proof",
        read_proof,
        (
            Proving(b"rolu-mika-tedo", "fingerprint", is_server=True).element,
            Proving(b"rolu-mika-tedo", "fingerprint", is_server=False).element,
        ),
    ),
    Target(
        "proof-line",
        read_proof_line,
        (
            b'{"type":"prove","method":"spake2-ed25519","element":"QXQX"}',
            b'{"type":"prove","confirmation":"q0q0"}',
            '{"type":"prove","element":"é"}'.encode(),
        ),
    ),
    Target(
        "certificate",
        read_certificate,
        (CERTIFICATE, CERTIFICATE.replace(b"BEGIN C", b"BEGIN TRUSTED C"), CERTIFICATE * 2),
    ),
    Target(
        "authority",
        read_authority,
        (b"\n".join(AUTHORITY), b"\n".join((*AUTHORITY[:3], *REFUSED)), b"\n".join(REFUSED)),
    ),
)
