"""The server's certificate: where it is, and that a new one is taken while the server runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.chat.errors import ConfigError
from hubbub.server.notes import logger
from hubbub.tls.certificates import server_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.tls.asking import AskingContext
    from hubbub.tls.engine import AnyContext

LOOK_SECONDS: Final = 5.0
"""How often the files are looked at. A new pair is written in two steps, and read until it fits."""

OF_BROWSERS: Final = b"\x08http/1.1"
"""What all browsers say in their hello that they speak (ALPN, RFC 7301).

They say `h2` as well, but two letters also stand by chance among what is random in a hello.
"""


class Identity(NamedTuple):
    """What a handshake shows the peer. `fingerprint`: of the certificate, in hexadecimal.

    `asking` asks for the peer's own certificate; None if nobody is asked.
    """

    context: AnyContext
    fingerprint: str
    asking: AskingContext | None = None


class Certificates:
    """The certificate in use. It may be exchanged at any time; a handshake keeps the one it has."""

    def __init__(self, certificate: Path, key: Path, *, is_vouched: bool = True) -> None:
        self.is_vouched = is_vouched
        """Whether somebody stands for it whom peers know; else it was made here."""
        self._asks = False
        self._certificate, self._key = certificate, key
        self.challenges: Challenges | None = None
        self._seen = _look(certificate, key)
        self.identity = self._read(certificate, key)

    def _read(self, certificate: Path, key: Path) -> Identity:
        context, fingerprint = server_context(certificate, key)
        return Identity(context, fingerprint, asking_with(certificate, key) if self._asks else None)

    def ask_for_others(self) -> None:
        """Ask peers for their own certificates from now on; raises ConfigError."""
        self._asks = True
        self.identity = self._read(self._certificate, self._key)

    def context_for(self, hello: bytes) -> Identity:
        """Return what answers a hello: the certificate, or what an authority looks for."""
        challenges, identity = self.challenges, self.identity
        if challenges is not None and (context := challenges.context_for(hello)) is not None:
            return Identity(context, "")
        if identity.asking is None or OF_BROWSERS in hello:
            return identity  # browsers would ask whoever sits there for a certificate
        return Identity(identity.asking, identity.fingerprint)

    def prepared(
        self, certificate: Path | None = None, key: Path | None = None
    ) -> Callable[[], None]:
        """Read other files, or the same ones anew, and return what takes them from then on.

        That is for those who come then. Raises ConfigError if they cannot be used; the former ones
        stay in use then.
        """
        certificate, key = certificate or self._certificate, key or self._key
        seen, identity = _look(certificate, key), self._read(certificate, key)

        def apply() -> None:
            former, self.identity = self.identity, identity
            self._certificate, self._key, self._seen = certificate, key, seen
            if former.fingerprint != identity.fingerprint:
                logger.info("a new certificate is in use", fingerprint=identity.fingerprint)

        return apply

    def reload(self) -> None:
        """Take the certificate that is in the files now; raises ConfigError."""
        self.prepared()()

    async def watch(self) -> None:
        """Reload, for ever, when the files have changed."""
        complaint = ""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if _look(self._certificate, self._key) == self._seen:
                continue
            try:
                self.reload()
                complaint = ""
            except ConfigError as error:
                self._seen = ()  # the other file may follow
                if str(error) != complaint:
                    logger.warning("the new certificate is not used yet", reason=str(error))
                complaint = str(error)


def asking_with(certificate: Path, key: Path) -> AskingContext:
    """Return what asks peers for a certificate.

    Raises ConfigError if its library is missing, or the files are no pair.
    """
    try:
        from hubbub.tls.asking import AskingContext  # noqa: PLC0415 (only where it is asked for)
    except ModuleNotFoundError:
        raise ConfigError(
            "'client_certificates' in [tls] needs pyOpenSSL, which is not installed. Install it "
            "with pip install '.[certificates]', in hubbub's checkout."
        ) from None
    return AskingContext(certificate, key)


def _look(*paths: Path) -> tuple[tuple[int, int, int], ...]:
    """Return by what a change of the files shows."""
    with suppress(OSError):
        found = [path.stat() for path in paths]
        return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)
    return ()
