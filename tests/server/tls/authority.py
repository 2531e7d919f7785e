"""An authority for tests, which speaks ACME (RFC 8555) and looks as real ones do."""

import asyncio
import datetime
import hashlib
import http.client
import json
import socket
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

PATIENCE_SECONDS = 30
IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of tests")])


def raw(text: str) -> bytes:
    """Return what stands in JSON as base64 for URLs."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(octets: bytes) -> str:
    """Return bytes as they stand in JSON."""
    return urlsafe_b64encode(octets).decode().rstrip("=")


class Authority:
    """Vouches for whoever answers its challenges at `port`, whatever the name."""

    def __init__(self, port: int, days: int = 90) -> None:
        self._looks_at = port
        self._days = days
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._nonces: set[str] = set()
        self._account: dict[str, Any] = {}
        self._names: list[dict[str, str]] = []
        self._status = "pending"
        self._why = ""
        self._issued = b""
        self.given = 0
        """How many certificates it has given."""
        self.refuses = False
        self.babbles = False
        """Whether it says what is no ACME."""

        self.directory = ""
        self.root = self._certificate(self._key.public_key(), NAME, None)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answer until the block ends, in a thread of its own."""
        ready, over = Event(), Event()

        async def serve() -> None:
            application = web.Application()
            application.add_routes(
                [
                    web.get("/directory", self._give_directory),
                    web.head("/nonce", self._give_nonce),
                    web.post("/{what}", self._answer),
                ]
            )
            runner = web.AppRunner(application)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self._own = f"http://127.0.0.1:{runner.addresses[0][1]}"
            self.directory = f"{self._own}/directory"
            ready.set()
            await asyncio.to_thread(over.wait)
            await runner.cleanup()

        thread = Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        assert ready.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            over.set()
            thread.join()

    def look_at(self, port: int) -> None:
        """Look there for answers."""
        self._looks_at = port

    # What clients ask.

    async def _give_directory(self, _request: web.Request) -> web.Response:
        names = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
        places: dict[str, object] = {key: f"{self._own}/{name}" for key, name in names.items()}
        return web.json_response(places | {"meta": {"profiles": {"shortlived": "a week"}}})

    def _nonce(self) -> dict[str, str]:
        nonce = f"nonce{len(self._nonces)}"
        self._nonces.add(nonce)
        return {"Replay-Nonce": nonce}

    async def _give_nonce(self, _request: web.Request) -> web.Response:
        return web.Response(headers=self._nonce())

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        head = json.loads(raw(body["protected"]))
        assert head["alg"] == "ES256"
        assert head["url"] == f"{self._own}{request.path}"
        assert head["nonce"] in self._nonces
        if "jwk" in head:
            self._account = head["jwk"]
        else:
            assert head["kid"] == f"{self._own}/account/1"
        self._check(body)
        said = json.loads(raw(body["payload"])) if body["payload"] else None
        return await self._act(request.match_info["what"], said)

    def _check(self, body: dict[str, str]) -> None:
        x, y = (int.from_bytes(raw(self._account[one])) for one in "xy")
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        both = raw(body["signature"])
        der = encode_dss_signature(int.from_bytes(both[:32]), int.from_bytes(both[32:]))
        signed = f"{body['protected']}.{body['payload']}".encode()
        key.verify(der, signed, ec.ECDSA(hashes.SHA256()))

    async def _act(self, what: str, said: Any) -> web.Response:
        if self.babbles:
            return web.Response(status=503, text="<html>Come back later</html>")
        if self.refuses:
            problem = {"type": "urn:ietf:params:acme:error:rateLimited", "detail": "Too many."}
            return web.json_response(problem, status=429, headers=self._nonce())
        place = {"Location": f"{self._own}/{what}/1"} if what == "account" else {}
        match what:
            case "account":
                assert said["termsOfServiceAgreed"]
                answer: Any = {"status": "valid"}
            case "order":
                self._names, self._status = said["identifiers"], "pending"
                answer, place = self._order(), {"Location": f"{self._own}/again"}
            case "again":
                answer = self._order()
            case "authorization":
                answer = self._authorization()
            case "http-01" | "tls-alpn-01":
                await asyncio.to_thread(self._look, what)
                answer = {"status": "processing"}
            case "finalize":
                self._issue(raw(said["csr"]))
                answer = self._order()
            case "certificate":
                return web.Response(body=self._issued, headers=self._nonce())
            case _:
                raise AssertionError(what)
        return web.json_response(answer, headers=self._nonce() | place)

    def _order(self) -> dict[str, Any]:
        return {
            "status": "valid" if self._issued else "pending",
            "authorizations": [f"{self._own}/authorization"],
            "finalize": f"{self._own}/finalize",
            "certificate": f"{self._own}/certificate",
        }

    def _authorization(self) -> dict[str, Any]:
        kinds = ("http-01", "tls-alpn-01")
        return {
            "status": self._status,
            "identifier": self._names[0],
            "challenges": [
                {
                    "type": kind,
                    "url": f"{self._own}/{kind}",
                    "token": "a-token",
                    "error": {"detail": self._why},
                }
                for kind in kinds
            ],
        }

    # Looking whether they are there.

    @property
    def _proof(self) -> str:
        canonical = json.dumps(self._account, sort_keys=True, separators=(",", ":"))
        return f"a-token.{text_of(hashlib.sha256(canonical.encode()).digest())}"

    def _look(self, kind: str) -> None:
        try:
            found = self._text() if kind == "http-01" else self._by_certificate()
        except (OSError, http.client.HTTPException, x509.ExtensionNotFound) as error:
            found, self._why = "", f"nobody there: {error}"
        expected = self._proof if kind == "http-01" else self._digest
        self._status = "valid" if found == expected else "invalid"

    @property
    def _digest(self) -> str:
        return (b"\x04\x20" + hashlib.sha256(self._proof.encode()).digest()).hex()

    def _text(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._looks_at, PATIENCE_SECONDS)
        try:
            place = "/.well-known/acme-challenge/a-token"
            connection.request("GET", place, headers={"Host": self._names[0]["value"]})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def _by_certificate(self) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["acme-tls/1"])
        with (
            socket.create_connection(("127.0.0.1", self._looks_at), PATIENCE_SECONDS) as sock,
            context.wrap_socket(sock, server_hostname=self._names[0]["value"]) as secured,
        ):
            assert secured.selected_alpn_protocol() == "acme-tls/1"
            der = secured.getpeercert(binary_form=True)
        assert der is not None
        certificate = x509.load_der_x509_certificate(der)
        extension = certificate.extensions.get_extension_for_oid(IDENTIFIER)
        assert extension.critical
        assert isinstance(extension.value, x509.UnrecognizedExtension)
        return extension.value.value.hex()

    # Vouching.

    def _issue(self, csr: bytes) -> None:
        assert self._status == "valid"
        request = x509.load_der_x509_csr(csr)
        assert request.is_signature_valid
        own = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        given = self._certificate(key, x509.Name([]), own)
        self._issued = given + self.root
        self.given += 1

    def _certificate(
        self,
        key: ec.EllipticCurvePublicKey,
        subject: x509.Name,
        names: x509.SubjectAlternativeName | None,
    ) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(NAME)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=self._days))
            .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
        )
        if names is not None:
            built = built.add_extension(names, critical=True)
        signed = built.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    def root_in(self, folder: Path) -> Path:
        """Write its own certificate to a file, by which others trust it."""
        path = folder / "root.pem"
        path.write_bytes(self.root)
        return path
