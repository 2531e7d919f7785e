"""Certificates: what each side makes of them, and how they are named."""

from __future__ import annotations

import hashlib
import re
import ssl
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


_CERTIFICATE: Final = re.compile(
    rf"^{ssl.PEM_HEADER}\s*$([A-Za-z0-9+/=\s]+)^{ssl.PEM_FOOTER}", re.MULTILINE
)
"""In PEM: other text may stand around it, and looks like it now and then."""


def fingerprint_of(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) in hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def shown(fingerprint: str) -> str:
    """Return a fingerprint for people to compare."""
    return " ".join(fingerprint[place : place + 8] for place in range(0, len(fingerprint), 8))


def server_context(certificate: Path, key: Path) -> tuple[ssl.SSLContext, str]:
    """Return what a server needs for TLS, and its certificate's fingerprint; raises ConfigError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A peer must not make us begin anew, over and over.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        # With a password, or OpenSSL would ask for it on the terminal, and everybody would wait.
        context.load_cert_chain(certificate, key, password="")
        der = _first_in(certificate.read_text("utf-8-sig", "replace"))
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", "") or "unreadable"
        raise no_pair(certificate, key, reason.replace("_", " ").lower()) from None
    except OSError as error:
        raise ConfigError(
            f"The certificate in {certificate}, or its key in {key}, cannot be read: "
            f"{error.strerror}.",
            code="bad_certificate",
        ) from None
    return context, fingerprint_of(der)


def no_pair(certificate: Path, key: Path, reason: str) -> ConfigError:
    """Return what says that two files do not belong together, or are something else."""
    return ConfigError(
        f"{certificate} and {key} are no certificate with its key, in PEM ({reason}). "
        "Give both, of the same pair, by --tls-cert and --tls-key, the key without a password.",
        code="bad_certificate",
    )


def _first_in(text: str) -> bytes:
    """Return the first certificate in a text, which is the one shown; raises ValueError."""
    if (first := _CERTIFICATE.search(text)) is None:
        raise ValueError("There is a certificate of another kind alone.")
    return b64decode(first[1])
