"""Peers that speak TLS, and a server with a certificate."""

from collections.abc import Iterator
from contextlib import contextmanager

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection, TlsSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.interop.raw import RawPeer
from tests.tls.pairs import Pair


@contextmanager
def protected(
    pair: Pair,
    password: str = "",
    plaintext: str = "allowed",
    data: str = "",
    listen: str = ServerSection().listen,
    **limits: float,
) -> Iterator[LocalServer]:
    """Run a server with this certificate."""
    config = Config(
        server=ServerSection(listen=listen, password=password, data=data),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS, **limits),  # type: ignore[arg-type]
        tls=TlsSection(
            cert=str(pair.certificate),
            key=str(pair.key),
            plaintext=plaintext,  # type: ignore[arg-type]
        ),
    )
    with serving(config) as server:
        yield server


class TlsPeer(RawPeer):
    """The same bytes inside TLS."""

    def __init__(self, server: LocalServer, pair: Pair, name: str | None = None) -> None:
        super().__init__(server.host, server.port)
        self.sock = pair.client.wrap_socket(self.sock, server_hostname="localhost")
        if name is not None:
            self.say(name)
            self.who()
