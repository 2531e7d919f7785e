"""The server's certificate: where it is, and that a new one is taken while the server runs."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from hubbub.chat.errors import ConfigError
from hubbub.tls.certificates import server_context

if TYPE_CHECKING:
    import ssl

    from hubbub.server.config import TlsSection

LOOK_SECONDS: Final = 5.0
"""How often the files are looked at. A new pair is written in two steps, and read until it fits."""

CERTIFICATE_FILE: Final = "certificate.pem"
KEY_FILE: Final = "certificate.key"

logger = structlog.get_logger()


class Identity(NamedTuple):
    """What a handshake shows the peer. `fingerprint`: of the certificate, in hexadecimal."""

    context: ssl.SSLContext
    fingerprint: str


class Certificates:
    """The certificate in use. It may be exchanged at any time; a handshake keeps the one it has."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate, self._key = certificate, key
        self._seen = self._look()
        self.identity = Identity(*server_context(certificate, key))

    def reload(self) -> None:
        """Take the certificate that is in the files now, for those who come from now on.

        Raises ConfigError if it cannot be used; the former one stays in use then.
        """
        self._seen = self._look()
        former = self.identity.fingerprint
        self.identity = Identity(*server_context(self._certificate, self._key))
        if self.identity.fingerprint != former:
            logger.info("a new certificate is in use", fingerprint=self.identity.fingerprint)

    async def watch(self) -> None:
        """Reload, for ever, when the files have changed."""
        complaint = ""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._look() == self._seen:
                continue
            try:
                self.reload()
                complaint = ""
            except ConfigError as error:
                self._seen = ()  # the other file may follow
                if str(error) != complaint:
                    logger.warning("the new certificate is not used yet", reason=str(error))
                complaint = str(error)

    def _look(self) -> tuple[tuple[int, int, int], ...]:
        """Return by what a change of the files shows."""
        with suppress(OSError):
            found = [path.stat() for path in (self._certificate, self._key)]
            return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in found)
        return ()


def certificates_of(section: TlsSection, folder: Path | None) -> Certificates | None:
    """Return the configured certificate, or the one made for `folder`; None: there is no TLS.

    Raises ConfigError.
    """
    if bool(section.cert) != bool(section.key):
        raise ConfigError("A certificate needs its key: give both --tls-cert and --tls-key.")
    if section.cert:
        return Certificates(Path(section.cert), Path(section.key))
    if section.self_signed and folder is not None:
        return _made_once(folder)
    if section.plaintext != "allowed":
        raise ConfigError(
            "With 'plaintext' in [tls] restricted there must be a certificate. Give one with "
            "--tls-cert and --tls-key, or set 'self_signed'."
        )
    return None


def _made_once(folder: Path) -> Certificates:
    """Return the certificate kept in the data folder; the first time, make one."""
    certificate, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if not certificate.exists():
        from hubbub.tls.self_signed import make_certificate  # noqa: PLC0415 (slow, needed once)

        key.unlink(missing_ok=True)  # of one that was not finished
        make_certificate(certificate, key, [socket.gethostname() or "hubbub", "localhost"])
    return Certificates(certificate, key)
