"""The server's certificate: where it is, and that a new one is taken while the server runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from hubbub.chat.errors import ConfigError
from hubbub.tls.certificates import server_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from hubbub.server.tls.acme.challenges import Challenges

LOOK_SECONDS: Final = 5.0
"""How often the files are looked at. A new pair is written in two steps, and read until it fits."""

logger = structlog.get_logger()


class Identity(NamedTuple):
    """What a handshake shows the peer. `fingerprint`: of the certificate, in hexadecimal."""

    context: ssl.SSLContext
    fingerprint: str


class Certificates:
    """The certificate in use. It may be exchanged at any time; a handshake keeps the one it has."""

    def __init__(self, certificate: Path, key: Path, *, is_vouched: bool = True) -> None:
        self.is_vouched = is_vouched
        """Whether somebody stands for it whom peers know; else it was made here."""
        self._certificate, self._key = certificate, key
        self.challenges: Challenges | None = None
        self._seen = _look(certificate, key)
        self.identity = Identity(*server_context(certificate, key))

    def context_for(self, hello: bytes) -> Identity:
        """Return what answers a hello: the certificate, or what an authority looks for."""
        if self.challenges is None or (context := self.challenges.context_for(hello)) is None:
            return self.identity
        return Identity(context, "")

    def prepared(
        self, certificate: Path | None = None, key: Path | None = None
    ) -> Callable[[], None]:
        """Read other files, or the same ones anew, and return what takes them from then on.

        That is for those who come then. Raises ConfigError if they cannot be used; the former ones
        stay in use then.
        """
        certificate, key = certificate or self._certificate, key or self._key
        seen, identity = _look(certificate, key), Identity(*server_context(certificate, key))

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


def _look(*paths: Path) -> tuple[tuple[int, int, int], ...]:
    """Return by what a change of the files shows."""
    with suppress(OSError):
        found = [path.stat() for path in paths]
        return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)
    return ()
